#!/bin/sh
# Images that a branch changed: in outputs, in folders of them, in git.
. "${0%/*}/lib.sh"

# png FILE WIDTH HEIGHT COLOUR [TRAILING-BYTES]: an image of one colour.
png() {
	python3 - "$@" <<-EOT
	import os, struct, sys, zlib
	name, w, h, colour = sys.argv[1], *map(int, sys.argv[2:5])
	def chunk(kind, data):
	    return (struct.pack(">I", len(data)) + kind + data +
	            struct.pack(">I", zlib.crc32(kind + data)))
	rows = (b"\0" + bytes([colour]) * 3 * w) * h
	more = os.urandom(int(sys.argv[5])) if len(sys.argv) > 5 else b""
	open(name, "wb").write(b"\x89PNG\r\n\x1a\n" +
	    chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, 8, 2, 0, 0, 0)) +
	    chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"") + more)
	EOT
}
asserts() {	# PYTHON, about d: the document on the standard input
	python3 -c "import json, sys
d = json.load(sys.stdin)
$1"
}
images() {	# The table of images in a report.
	sed '1,/^#### Images/d' "$1" | sed '1d;/^#### /,$d'
}
bytes() { wc -c <"$1" | tr -d ' '; }

# Of each kind one that changed, one that came, one that went.
repo='
	new_repo
	mkdir -p set/deep kept
	png set/deep/a.PNG 20 10 1
	png set/gone.png 5 5 1
	png set/same.png 6 6 1
	echo text >set/text.txt
	png single.png 30 10 1
	png kept/plot.png 8 8 1
	png kept/same.png 9 9 1
	png kept/other.png 9 9 1
	printf "plots:\n- kept/plot.png\n- kept/same.png\n- kept/new.svg\n- set/deep/a.PNG\n" >dver.yaml
	dver add -q set single.png
	commit one
	png set/deep/a.PNG 40 20 2
	rm set/gone.png
	mv set/same.png set/deep/moved.png
	echo "<svg viewBox=\"0 0 7 9\" xmlns=\"http://www.w3.org/2000/svg\"/>" >set/new.svg
	png single.png 30 10 2
	png kept/plot.png 8 9 2
	png kept/other.png 9 9 2
	echo "<svg width=\"3\" height=\"4\" xmlns=\"http://www.w3.org/2000/svg\"/>" >kept/new.svg
	dver add -q set single.png
	commit two
'
test_case 'a table and a list of those that differ' "$repo"'
	dver report >got
	cat >want <<-EOT
	| Image | Size | Pixels |
	| --- | --- | --- |
	| \`kept/new.svg\` **new** | $(bytes kept/new.svg) B | 3×4 |
	| \`kept/plot.png\` | 72 B | 8×8 to 8×9 |
	| \`set/deep/a.PNG\` | $(git show HEAD:set.dver >/dev/null; echo "A") | 20×10 to 40×20 |
	| \`set/gone.png\` **removed** | 71 B | 5×5 |
	| \`set/new.svg\` **new** | $(bytes set/new.svg) B | 7×9 |
	| \`single.png\` | S | 30×10 |
	EOT
	images got | sed "s/\(a.PNG. |\) [^|]* |/\1 A |/; s/\(single.png. |\) [^|]* |/\1 S |/;
		s/\(plot.png. |\) [^|]* |/\1 72 B |/; s/\(gone.png. .*removed.. |\) [^|]* |/\1 71 B |/" >table
	diff want table
	head -n 1 got | grep -q "6 images"
	dver report --json >doc
	asserts "
i = {x[\"path\"]: x for x in d[\"images\"]}
assert list(d).index(\"images\") == list(d).index(\"plots\") + 1
assert len(i) == 6 and all(x[\"shown\"] for x in i.values()), i
a = i[\"set/deep/a.PNG\"]
assert (a[\"status\"], a[\"old\"][\"width\"], a[\"new\"][\"height\"]) == (\"changed\", 20, 20)
assert a[\"new\"][\"size\"] == $(bytes set/deep/a.PNG) and a[\"new\"][\"type\"] == \"image/png\"
assert i[\"set/gone.png\"][\"new\"] is None and i[\"set/new.svg\"][\"old\"] is None
assert i[\"kept/new.svg\"][\"new\"][\"type\"] == \"image/svg+xml\"
assert i[\"kept/plot.png\"][\"old\"][\"size\"] > 50
" <doc
	# The disk has the same, and then one more, whoever keeps it.
	dver report -w --base HEAD~1 >disk
	images disk >table
	images got | diff - table
	dver report -w >disk
	lacks "#### Images" disk
	png single.png 31 10 3
	png kept/same.png 10 9 3
	dver report -w >disk
	images disk | grep -q "^| .single.png. | .* | 30×10 to 31×10 |"
	images disk | grep -q "^| .kept/same.png. | .* | 9×9 to 10×9 |"
	[ "$(images disk | wc -l)" -eq 4 ]
	# All of the first commit is new.
	dver report HEAD~1 >first
	images first | grep -q "^| .set/gone.png. \*\*new\*\* | .* | 5×5 |"
'
test_case 'before and after on the page' "$repo"'
	dver report -o page.html
	python3 - <<-EOT
	import base64, html.parser, subprocess
	seen = {}
	class P(html.parser.HTMLParser):
	    def handle_starttag(self, tag, attrs):
	        a = dict(attrs)
	        if tag == "img":
	            kind, data = a["src"].split(";base64,")
	            seen[a["alt"]] = kind, base64.b64decode(data)
	P().feed(open("page.html", encoding="utf-8").read())
	assert len(seen) == 9, list(seen)
	read = lambda name: open(name, "rb").read()
	assert seen["single.png, now"] == ("data:image/png", read("single.png"))
	assert seen["single.png, before"] != seen["single.png, now"]
	assert seen["kept/new.svg, now"] == ("data:image/svg+xml",
	                                     read("kept/new.svg"))
	assert "kept/new.svg, before" not in seen
	assert seen["kept/plot.png, before"][1] == subprocess.check_output(
	    ["git", "show", "HEAD~1:kept/plot.png"])
	assert "set/gone.png, before" in seen and "set/gone.png, now" not in seen
	EOT
	dver report --images 2 -o page.html
	[ "$(grep -c "<figure>" page.html)" -eq 2 ]
	grep -q "4 more images are not shown" page.html
	dver report --images 0 -o page.html
	lacks "<img\|<figure>" page.html
	grep -q "6 more images are not shown" page.html
'
test_case 'so many are read, changed ones before others' '
	new_repo
	mkdir d
	for i in 1 2 3; do png d/z$i.png 5 5 1; done
	dver add -q d
	commit one
	for i in 1 2 3; do png d/z$i.png 5 6 1; done
	for i in 1 2 3; do png d/a$i.png 5 7 1; done
	dver add -q d
	commit two
	dver report --images 4 --json | asserts "
assert [x[\"path\"] for x in d[\"images\"]] == [
    \"d/a1.png\", \"d/z1.png\", \"d/z2.png\", \"d/z3.png\", \"d/a2.png\", \"d/a3.png\"], d[\"images\"]
assert [x[\"shown\"] for x in d[\"images\"]] == [True] * 4 + [False] * 2
assert \"width\" not in d[\"images\"][5][\"new\"] and d[\"images\"][5][\"new\"][\"size\"] > 50
"
	dver report --images 0 --json | asserts "
assert len(d[\"images\"]) == 6 and not any(x[\"shown\"] for x in d[\"images\"])"
	dver report --images 1 >got
	grep -q "^| .d/a3.png. \*\*new\*\* | .* B | not read |" got
	for bad in "" x -1 1001 99999999999999999999; do
		set +e
		dver report --images "$bad" 2>err
		[ $? -eq 2 ] || exit 1
		set -e
	done
	dver report --images 1000 >got
	images got | grep -q "5×7"
'
test_case 'much too many, too large, and no images at all' '
	new_repo
	mkdir d
	python3 - <<-EOT
	for i in range(2500):
	    open("d/%04d.gif" % i, "wb").write(b"GIF89a\1\0\2\0" + b"%d" % i)
	EOT
	dver add -q d
	commit one
	python3 - <<-EOT
	for i in range(0, 2500, 5):
	    open("d/%04d.gif" % i, "wb").write(b"GIF89a\1\0\3\0" + b"%d" % i)
	    open("d/x%04d.gif" % i, "wb").write(b"GIF89a\1\0\3\0x%d" % i)
	    open("d/y%04d.gif" % i, "wb").write(b"GIF89a\1\0\3\0y%d" % i)
	EOT
	dver add -q d
	commit two
	dver report >got
	[ "$(wc -m <got)" -le 65536 ]
	[ "$(images got | grep -c "1×2 to 1×3")" -eq 24 ]
	head -1 got | grep -q " 1500 images changed\$"
	images got | grep -q "^1440 more were left out\.\$"
	dver report -o page.html
	grep -q "1500 images changed" page.html
	grep -q "<p>1476 more images are not shown" page.html
	dver report --json | asserts "
assert len(d[\"images\"]) == 1000 and d[\"all_images\"] == 1500
assert sum(x[\"status\"] == \"changed\" for x in d[\"images\"]) == 500
assert sum(x[\"shown\"] for x in d[\"images\"]) == 24"
	dver rm -q d
	mkdir e
	commit three
	for i in 1 2 3 4 5; do png e/$i.png 5 5 $i 7500000; done
	png e/6.png 5 5 6 9000000
	echo "no image" >e/7.png
	printf "GIF89a" >e/8.gif
	: >e/9.webp
	dver add -q e
	commit four
	dver report --json | asserts "
i = {x[\"path\"]: x[\"new\"] for x in d[\"images\"]}
assert all(i[\"e/%d.png\" % n][\"width\"] == 5 for n in (1, 2, 3, 4)), i
assert \"near 32 MiB together\" in i[\"e/5.png\"][\"problem\"]
assert \"larger than 8 MiB\" in i[\"e/6.png\"][\"problem\"]
assert \"no PNG\" in i[\"e/7.png\"][\"problem\"]
assert \"width\" not in i[\"e/8.gif\"] and i[\"e/8.gif\"][\"type\"] == \"image/gif\"
assert \"problem\" in i[\"e/9.webp\"] and i[\"e/9.webp\"][\"size\"] == 0
"
	dver report >got
	grep -q "^- .e/6.png.: .it is larger than 8 MiB" got
	dver report -o page.html
	[ "$(grep -c "not shown: it is larger" page.html)" -eq 1 ]
'
test_case 'only those that are shown are fetched' "$repo"'
	git rm -q --cached kept/other.png
	dver remote add o ../store
	commit remote
	dver push -q -A
	git clone -q . ../clone
	dver report --base HEAD~2 HEAD~1 >want
	cd ../clone
	dver report --base HEAD~2 HEAD~1 --images 0 >got
	lacks " to 40×20" got
	dver report --no-fetch --base HEAD~2 HEAD~1 >got
	grep -q "^- .single.png. (before): .what it was before is not .*dver fetch --all-commits brings it" got
	grep -q "^- .single.png.: .it is not .*dver fetch brings it" got
	images got | grep -q "^| .kept/plot.png. | .* | 8×8 to 8×9 |"
	images got | grep -q "^| .single.png. | .* | ? |"
	dver report --base HEAD~2 HEAD~1 >got
	images ../r/want >a
	images got | diff a -
	[ ! -e single.png ]
	# What nobody has any more is told, and the rest is shown.
	rm -rf .dver/cache ../store/packs
	dver report --base HEAD~2 HEAD~1 -o page.html
	grep -q "not shown: " page.html
	grep -q "alt=\"kept/plot.png, before\"" page.html
'
test_case 'names and bytes of others stay what they are' '
	new_repo
	git commit -q --allow-empty -m one
	mkdir d
	png "d/a\"><script>alert(1)<|b\`.png" 4 4 1
	echo "<svg onload=\"alert(1)\" width=\"5\" height=\"6\"><script>alert(1)</script></svg>" >d/s.svg
	dver add -q d
	commit two
	dver report >got
	grep -q "^| <code>d/a&#34;.*</code> \*\*new\*\* | .* | 4×4 |\|^| <code>d/a\"&#62;&#60;script.*</code> \*\*new\*\* | .* | 4×4 |" got
	dver report -o page.html
	lacks "<script>alert\|onload" page.html
	[ "$(grep -c "<img alt=" page.html)" -eq 2 ]
'
done_testing
