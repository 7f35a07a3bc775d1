# stages - the pipeline of the demo: images become a model and its figures.
# Sourced by what has `run`, a function that runs a command.

parameters() {	# COMPILER FIRST-TEST-NUMBER
	cat >params.yaml <<-END
	cc: $1
	test_from: $2
	train:
	  lr: 0.01
	  epochs: 5
	  batch: 32
	  l2: 0.0001
	  seed: 1
	END
}

# ${train} is all of that mapping as options: --lr 0.01 --epochs 5 ...
add_stages() {
	run dver stage add -n build -d src -o classify \
		'${cc} -o classify src/*.c -lm'
	run dver stage add -n prepare -d classify -d images -o prepared \
		'./classify prepare images prepared ${test_from}'
	run dver stage add -n train -d classify -d prepared \
		-p train.lr,train.epochs,train.batch,train.l2,train.seed \
		-o model.bin --plots-no-cache curve.csv \
		'./classify train prepared model.bin curve.csv ${train}'
	run dver stage add -n evaluate -d classify -d prepared -d model.bin \
		-M metrics.json --plots confusion.csv \
		'./classify evaluate prepared model.bin metrics.json confusion.csv'
}
