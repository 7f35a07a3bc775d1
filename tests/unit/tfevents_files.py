"""Write tfevents_files.h: event files as the real writers make them.

    pip install tensorboardX==2.6.5 tensorboard==2.21.0 tensorflow-cpu==2.21.0
    python3 tfevents_files.py >tfevents_files.h

Tests read what stands in the header; nothing of this is needed to run them.
"""
import glob
import os
import tempfile

import numpy as np
import tensorflow as tf
from tensorboard.compat.proto import event_pb2, tensor_pb2
from tensorboard.plugins.scalar import metadata, summary_v2
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboardX import SummaryWriter

TYPES = (('float32', 0.5), ('float64', 1e300), ('int32', -7), ('uint8', 200),
         ('int16', -300), ('int8', -5), ('int64', -2**40), ('bool', True),
         ('bfloat16', 1.5), ('uint16', 60000), ('float16', -0.25),
         ('uint32', 4000000000), ('uint64', 2**63))
T0 = 1700000000


def tensorboardx(to):
    w = SummaryWriter(to)
    for i in range(4):
        w.add_scalar('loss', 1 / (i + 1), i, walltime=T0 + 0.5 + i)
        w.add_scalar('eval/acc', (0.0, float('nan'), float('inf'), -2.5)[i],
                     i * 10, walltime=T0 + i)
    w.add_scalar('big step', 7, -3, walltime=T0 + 9)
    w.add_text('note', 'hello', 1, walltime=T0 + 10)
    w.add_histogram('h', np.array([1., 2., 3.]), 1, bins=3, walltime=T0 + 10)
    w.close()


def restart(to):
    w = SummaryWriter(to, purge_step=2)
    w.add_scalar('loss', 0.25, 2, walltime=T0 + 100)
    w.close()


def tensorboard(to):
    w = EventFileWriter(to)
    for i in range(3):
        s = summary_v2.scalar_pb('loss', (0.0, 0.5, -1.25)[i])
        w.add_event(event_pb2.Event(wall_time=T0 + i, step=i, summary=s))
    w.close()


def tensorflow(to):
    w = tf.summary.create_file_writer(to)
    scalars = metadata.create_summary_metadata(None, None)
    mine = tf.compat.v1.SummaryMetadata()
    mine.plugin_data.plugin_name = 'mine'
    with w.as_default():
        for i in range(3):
            tf.summary.scalar('loss', (0.0, 0.5, -1.25)[i], step=i)
        for t, v in TYPES:
            tf.summary.write(t, tf.constant(v, dtype=getattr(tf, t)), step=5,
                             metadata=scalars)
        tf.summary.write('vector', tf.constant([1., 2.]), step=5,
                         metadata=scalars)
        tf.summary.text('words', 'x', step=5)
        tf.summary.write('other', tf.constant(3.0), step=5, metadata=mine)
        tf.summary.write('bare', tf.constant(3.0), step=6)
    w.close()


def lists(to):
    """Numbers in lists, which TensorFlow's own writer never makes."""
    w = EventFileWriter(to)
    for i, (t, v) in enumerate(TYPES):
        p = tf.make_tensor_proto(v, dtype=getattr(tf, t)).SerializeToString()
        e = event_pb2.Event(wall_time=T0, step=i)
        value = e.summary.value.add(tag=t)
        value.tensor.CopyFrom(tensor_pb2.TensorProto.FromString(p))
        value.metadata.plugin_data.plugin_name = 'scalars'
        assert not value.tensor.tensor_content
        w.add_event(e)
    w.close()


print('/*\n * tfevents_files - event files that tensorboardX 2.6.5, TensorBoard'
      '\n * and TensorFlow 2.21.0 wrote, by tfevents_files.py beside this.\n */'
      '\n#ifndef TESTS_TFEVENTS_FILES_H\n#define TESTS_TFEVENTS_FILES_H')
with tempfile.TemporaryDirectory() as d:
    for write in (tensorboardx, restart, tensorboard, tensorflow, lists):
        write(os.path.join(d, write.__name__))
        (path,) = glob.glob(os.path.join(d, write.__name__, '*'))
        with open(path, 'rb') as f:
            data = f.read()
        print('\nstatic const unsigned char file_%s[] = {' % write.__name__)
        for i in range(0, len(data), 14):
            print('\t' + ' '.join('%d,' % b for b in data[i:i + 14]))
        print('};')
print('\n#endif')
