#!/bin/sh
# Jobs for forges: files that parse, whose steps run, that give no right away.
. "${0%/*}/lib.sh"

# Steps of the workflow, by name: the script on stdout.
step() {
	python3 -c '
import sys, yaml
d = yaml.safe_load(open(sys.argv[1]))
(s,) = [s for s in d["jobs"]["dver"]["steps"] if s.get("name") == sys.argv[2]]
print(s["run"])' .github/workflows/dver.yml "$1"
}
# A branch of two commits on main, and a remote.
repo='
	new_repo
	dver remote add o ../store
	files 2 data
	dver add -q data
	echo "lr: 1" >params.yaml
	commit one
	dver push -q
	git checkout -q -b topic
	echo more >data/more
	dver add -q data
	echo "lr: 2" >params.yaml
	commit two
'
test_case 'a workflow for GitHub' "$repo"'
	dver init --ci github >out
	grep -q "wrote .github/workflows/dver.yml" out
	python3 - <<-EOT
	import yaml
	text = open(".github/workflows/dver.yml").read()
	d = yaml.safe_load(text)
	assert d["permissions"] == {"contents": "read", "pull-requests": "write"}
	job = d["jobs"]["dver"]
	assert job["defaults"]["run"]["working-directory"] == "."
	assert job["env"]["DVER_VERSION"] == "v" + "$(dver version | sed "s/dver //;q")"
	assert job["steps"][0]["with"]["persist-credentials"] is False
	assert job["steps"][0]["with"]["fetch-depth"] == 0
	for s in job["steps"]:
	    # A value of the pull request is never a part of a script.
	    assert "\${{" not in s.get("run", ""), s
	    # Who writes comments gets the token, nobody else.
	    assert ("GH_TOKEN" in s.get("env", {})) == (s.get("name") == "Comment")
	assert max(map(len, text.split("\n"))) <= 80
	EOT
	for s in "Install dver" "Is all data in the remote?" "Say what changes" \
		Comment
	do
		step "$s" >step.sh
		sh -n step.sh
	done
'
test_case 'the gate and the report as the workflow runs them' "$repo"'
	dver init -q --ci github
	BASE=$(git rev-parse main) RUNNER_TEMP=$PWD/../tmp RUN=run-7
	GITHUB_STEP_SUMMARY=$RUNNER_TEMP/summary
	export BASE RUN RUNNER_TEMP GITHUB_STEP_SUMMARY
	mkdir "$RUNNER_TEMP"
	step "Is all data in the remote?" >check.sh
	step "Say what changes" >report.sh
	must_fail bash -e check.sh
	dver push -q
	bash -e check.sh
	bash -e report.sh
	grep -qx "| \`data/\` | 1 | 0 | 0 | 0 | .*" "$RUNNER_TEMP/report.md"
	grep -qx "| \`params.yaml\` | \`lr\` | \`1\` | \`2\` |" "$GITHUB_STEP_SUMMARY"
	grep -q "dver-report of run-7" "$GITHUB_STEP_SUMMARY"
	grep -q "<h2>Parameters</h2>" "$RUNNER_TEMP/report.html"
	# As a forge has it: a clone without data.
	cp check.sh report.sh ..
	git clone -q . ../clone
	cd ../clone
	git checkout -q --detach origin/topic
	bash -e ../check.sh
	bash -e ../report.sh
	grep -qx "| \`data/\` | 1 | 0 | 0 | 0 | .*" "$RUNNER_TEMP/report.md"
'
test_case 'a fork without secrets: the report tells it once, the gate says no' \
	"$repo"'
	dver init -q --ci github
	echo "{\"acc\": 1}" >m.json
	echo "metrics: [m.json]" >dver.yaml
	files 2 other
	mkdir third
	echo 1 >third/x.csv
	dver add -q other third
	commit three
	echo 2 >third/x.csv
	echo more >other/more
	dver add -q other third
	dver remote remove o
	dver remote add o s3://bucket/data
	dver remote modify o endpointurl http://127.0.0.1:9
	commit four
	git clone -q . ../fork
	cd ../fork
	AWS_EC2_METADATA_DISABLED=true
	export AWS_EC2_METADATA_DISABLED
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_PROFILE
	BASE=$(git rev-parse origin/main) RUNNER_TEMP=$PWD/../tmp RUN=run-7
	GITHUB_STEP_SUMMARY=$RUNNER_TEMP/summary
	export BASE RUN RUNNER_TEMP GITHUB_STEP_SUMMARY
	mkdir "$RUNNER_TEMP"
	dver report >report.md
	[ "$(grep -c "there are no credentials" report.md)" -eq 1 ]
	for name in other third; do
		grep -q "^| .$name/. | ?" report.md
		grep -q "^- .$name/.: " report.md
	done
	step "Say what changes" >../report.sh
	bash -e ../report.sh
	[ "$(grep -c "there are no credentials" "$RUNNER_TEMP/report.md")" -eq 1 ]
	grep -qx "| .params.yaml. | .lr. | .1. | .2. |" "$RUNNER_TEMP/report.md"
	grep -q "^| .m.json. | .acc." "$RUNNER_TEMP/report.md"
	grep -q "there are no credentials" "$RUNNER_TEMP/report.html"
	step "Is all data in the remote?" >../check.sh
	set +e
	bash -e ../check.sh >out 2>err
	[ $? -eq 1 ] || exit 1
	set -e
	cat err
	grep -q "^dver: error: remote .o.: cannot read .*there are no credentials" err
	grep -q "^hint: nothing was checked: .*forks get no secrets" err
	[ ! -s out ]
'
# A stand-in for gh and glab that keeps comments in a file.
stand_in='
	mkdir ../bin
	cat >../bin/gh <<-"EOT"
	#!/usr/bin/env python3
	import json, os, subprocess, sys
	a, kept = sys.argv[1:], os.environ["KEPT"]
	d = json.load(open(kept))
	text = lambda: open([x.split("@", 1)[1] for x in a if "body=@" in x][0]).read()
	if a[:2] == ["pr", "comment"] or "POST" in a:
	    body = text() if a[0] == "api" else open(a[a.index("--body-file") + 1]).read()
	    d.append({"id": len(d) + 1, "body": body, "author": {"id": 7},
	              "user": {"login": "github-actions[bot]"}})
	elif "PATCH" in a or "PUT" in a:
	    d[int(a[-1].split("/")[-1]) - 1]["body"] = text()
	elif a == ["api", "user"]:
	    print(json.dumps({"id": 7}))
	elif "--jq" in a:
	    subprocess.run(["jq", "-r", a[a.index("--jq") + 1], kept], check=True)
	else:
	    print(json.dumps(d))
	json.dump(d, open(kept, "w"))
	EOT
	chmod +x ../bin/gh
	cp ../bin/gh ../bin/glab
	PATH=$PWD/../bin:$PATH KEPT=$PWD/../kept
	export PATH KEPT
	# One of somebody else with the mark, one of ours without.
	echo "[{\"id\": 1, \"body\": \"<!-- dver report --> no\",
		\"author\": {\"id\": 8}, \"user\": {\"login\": \"eve\"}},
		{\"id\": 2, \"body\": \"other\", \"author\": {\"id\": 7},
		\"user\": {\"login\": \"github-actions[bot]\"}}]" >$KEPT
'
test_case 'the comment for GitHub is made once, then edited' "$repo$stand_in"'
	dver init -q --ci github
	NUMBER=3 GH_REPO=a/b RUNNER_TEMP=$PWD/..
	export NUMBER GH_REPO RUNNER_TEMP
	step Comment >comment.sh
	for text in first second; do
		echo $text >../report.md
		bash -e comment.sh
		jq -e "length == 3 and (.[0].body | endswith(\" no\")) and
			.[1].body == \"other\" and
			.[2].body == \"<!-- dver report -->\n$text\n\"" $KEPT
	done
'
test_case 'the comment for GitLab is made once, then edited' "$repo$stand_in"'
	dver push -q
	dver init --ci gitlab >job.yml
	python3 -c "import yaml
print(*yaml.safe_load(open(\"job.yml\"))[\"dver\"][\"script\"], sep=\"\n\")" >job.sh
	CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git rev-parse main) GITLAB_TOKEN=x
	CI_PROJECT_DIR=$PWD CI_MERGE_REQUEST_IID=1 CI_PROJECT_ID=5
	export CI_MERGE_REQUEST_DIFF_BASE_SHA GITLAB_TOKEN CI_PROJECT_DIR
	export CI_MERGE_REQUEST_IID CI_PROJECT_ID CI_JOB_URL
	for CI_JOB_URL in first second; do
		bash -e job.sh
		jq -e "length == 3 and (.[0].body | endswith(\" no\")) and
			.[1].body == \"other\" and
			(.[2].body | startswith(\"<!-- dver report -->\n\")) and
			(.[2].body | contains(\"report.html of $CI_JOB_URL\"))" $KEPT
	done
'
test_case 'a job for GitLab' "$repo"'
	dver init --ci gitlab >job.yml
	python3 - <<-EOT >job.sh
	import yaml
	text = open("job.yml").read()
	d = yaml.safe_load(text)["dver"]
	assert d["variables"]["WORKSPACE"] == "."
	assert d["variables"]["GIT_DEPTH"] == "0"
	assert all(isinstance(l, str) for l in d["before_script"] + d["script"])
	assert "TOKEN" not in d["variables"]
	assert max(map(len, text.split("\n"))) <= 80
	print("\n".join(d["script"]))
	open("before.sh", "w").write("\n".join(d["before_script"]))
	EOT
	sh -n before.sh
	# Without a token nobody comments.
	CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git rev-parse main) GITLAB_TOKEN=
	CI_JOB_URL=job-7 CI_PROJECT_DIR=$PWD CI_MERGE_REQUEST_IID=1 CI_PROJECT_URL=none
	export CI_MERGE_REQUEST_DIFF_BASE_SHA GITLAB_TOKEN CI_PROJECT_DIR
	export CI_MERGE_REQUEST_IID CI_PROJECT_URL CI_JOB_URL
	must_fail bash -e job.sh
	dver push -q
	bash -e job.sh
	grep -qx "| \`data/\` | 1 | 0 | 0 | 0 | .*" report.md
	grep -q "report.html of job-7" report.md
	grep -q "<h2>Parameters</h2>" report.html
	[ ! -e .gitlab-ci.yml ]
	[ ! -e .github ]
'
test_case 'what is there is not overwritten, nor what a symlink names' "$repo"'
	dver init --ci github >out
	dver init --ci github | grep -q "is there already"
	cp .github/workflows/dver.yml want
	echo "# mine" >>.github/workflows/dver.yml
	cp .github/workflows/dver.yml mine
	fails_with "already" dver init --ci github
	cmp mine .github/workflows/dver.yml
	dver init --ci github --force >out
	cmp want .github/workflows/dver.yml
	rm -r .github
	mkdir ../elsewhere
	ln -s ../elsewhere .github
	fails_with "symlink" dver init --ci github --force
	[ -z "$(ls ../elsewhere)" ]
	rm .github
	mkdir -p .github/workflows
	echo keep >../elsewhere/file
	ln -s ../../../elsewhere/file .github/workflows/dver.yml
	fails_with "already" dver init --ci github
	dver init -q --ci github -f
	[ ! -L .github/workflows/dver.yml ]
	[ "$(cat ../elsewhere/file)" = keep ]
'
test_case 'a new workspace, one in a folder, documents, wrong calls' '
	git init -q r
	mkdir -p "r/it'"'"'s" "r/my data"
	cd r
	cd "my data"
	dver init --subdir --ci github >out
	grep -q "made a dver workspace" out
	grep -qF "working-directory: '"'"'my data'"'"'" ../.github/workflows/dver.yml
	cd "../it'"'"'s"
	fails_with "does not go into" dver init --subdir --ci gitlab
	cd ..
	dver init --ci gitlab --json >got
	jq -e ".created and .ci.forge == \"gitlab\"" got
	jq -j .ci.text got >text
	dver init -q --ci gitlab | cmp - text
	rm -r .github
	dver init --ci github --json | jq -e ".ci.written and (.created | not)"
	dver init --ci github --json | jq -e ".ci.written | not"
	mkdir ../plain
	cd ../plain
	fails_with "not in git" dver init --no-git --ci github
	set +e
	dver init --ci nowhere; [ $? -eq 2 ] || exit 1
	dver init --force; [ $? -eq 2 ] || exit 1
'
done_testing
