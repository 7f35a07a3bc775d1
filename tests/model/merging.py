"""A merge of dictionaries, which dver's merges are compared with.

Content is a dictionary of paths and whatever stands for their bytes.  merged()
is the plain three-way merge, path by path; merge() goes through folders, as
it has to where a side is taken of a conflict between a file and a folder.
"""


def put(files, path, value):
    """Add a file; what stands in its way goes."""
    for other in list(files):
        if path.startswith(other + "/") or other.startswith(path + "/"):
            del files[other]
    files[path] = value


def in_the_way(files, path):
    """Files that cannot be beside that one."""
    return [p for p in files
            if path.startswith(p + "/") or p.startswith(path + "/")]


def merged(base, ours, theirs):
    """Files of a merge, or None where the sides disagree anywhere."""
    out = {}
    for path in set(base) | set(ours) | set(theirs):
        b, o, t = base.get(path), ours.get(path), theirs.get(path)
        if o == t or b == t:
            got = o
        elif b == o:
            got = t
        else:
            return None
        if got is not None:
            out[path] = got
    if any(in_the_way(out, path) for path in out):
        return None
    return out


def nested(files):
    """Folders in folders."""
    top = {}
    for path, value in files.items():
        at = top
        *dirs, name = path.split("/")
        for part in dirs:
            at = at.setdefault(part, {})
        at[name] = value
    return top


def flat(node, path=""):
    if not isinstance(node, dict):
        return {path: node}
    out = {}
    for name, below in node.items():
        out.update(flat(below, f"{path}/{name}" if path else name))
    return out


def three(base, ours, theirs, path, decide):
    """One name, of which a side has a folder, a file or None."""
    if ours == theirs or base == theirs:
        return ours
    if base == ours:
        return theirs
    sides = base, ours, theirs
    fb, fo, ft = (None if isinstance(s, dict) else s for s in sides)
    db, do, dt = (s if isinstance(s, dict) else None for s in sides)
    below = {}
    if do is not None or dt is not None:
        db, do, dt = db or {}, do or {}, dt or {}
        for name in sorted(set(db) | set(do) | set(dt)):
            got = three(db.get(name), do.get(name), dt.get(name),
                        f"{path}/{name}" if path else name, decide)
            if got is not None and got != {}:
                below[name] = got
        one = fo if fo is not None else ft
        if below and one is not None and one != fb:
            return ours if decide(path) == "ours" else theirs
    if fo == ft or fb == ft:
        got = fo
    elif fb == fo:
        got = ft
    else:
        got = fo if decide(path) == "ours" else ft
    return below or None if got is None else got


def merge(base, ours, theirs, decide):
    """Files of a merge; decide(path) says "ours" or "theirs" of a conflict."""
    got = three(nested(base), nested(ours), nested(theirs), "", decide)
    return flat(got) if got else {}


def deciding(sides, rest):
    """The longest path of `sides` that holds a file decides, else `rest`."""
    def decide(path):
        at = path
        while at not in sides:
            if "/" not in at:
                return rest
            at = at.rsplit("/", 1)[0]
        return sides[at]
    return decide


def conflicts(base, ours, theirs):
    """Paths on which the sides disagree."""
    found = []

    def note(path):
        found.append(path)
        return "ours"
    merge(base, ours, theirs, note)
    return sorted(found)
