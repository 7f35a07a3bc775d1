/*
 * ci - jobs for forges.
 *
 * No value of a pull request stands in a script: names of branches are others'
 * and would be run.  They come as variables, and secrets only so.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/afile.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/os.h"
#include "base/path.h"
#include "dver/ci.h"
#include "repo/git.h"
#include "repo/repo.h"

#define TEXT_MAX 65536

static const char github_head[] =
"# Written by dver init --ci github: is all data of a pull request in the\n"
"# remote, and what does it change?\n"
"name: dver\n"
"\n"
"on:\n"
"  pull_request:\n"
"\n"
"permissions:\n"
"  contents: read\n"
"  pull-requests: write  # the comment\n"
"\n"
"jobs:\n"
"  dver:\n"
"    runs-on: ubuntu-24.04\n"
"    timeout-minutes: 30\n"
"    env:\n"
"      # Fill in where you have dver's source from.\n"
"      DVER_SOURCE: https://example.org/dver.git\n"
"      DVER_VERSION: v";

static const char github_dir[] =
"\n"
"      BASE: ${{ github.event.pull_request.base.sha }}\n"
"    defaults:\n"
"      run:\n"
"        working-directory: '";

static const char github_tail[] =
"'\n"
"    steps:\n"
"      - uses: actions/checkout@v4\n"
"        with:\n"
"          ref: ${{ github.event.pull_request.head.sha }}\n"
"          fetch-depth: 0\n"
"          persist-credentials: false\n"
"\n"
"      - name: Install dver\n"
"        working-directory: ${{ runner.temp }}\n"
"        run: |\n"
"          sudo apt-get update\n"
"          sudo apt-get install --yes --no-install-recommends \\\n"
"            gcc git make pkg-config libcurl4-openssl-dev \\\n"
"            libexpat1-dev libgit2-dev libjansson-dev libs3-dev \\\n"
"            libssl-dev libutf8proc-dev libyaml-dev libzstd-dev\n"
"          git clone --quiet --depth 1 --branch \"$DVER_VERSION\" \\\n"
"            -- \"$DVER_SOURCE\" dver-source\n"
"          make -C dver-source -j2\n"
"          sudo make -C dver-source install\n"
"          sudo ldconfig\n"
"\n"
"      # Data that your own steps read.  What follows needs none of it, but\n"
"      # shows the rows of small files that are here.\n"
"      # - name: Get data\n"
"      #   run: dver pull data/test\n"
"\n"
"      # What the remote asks for comes from the repository's secrets, as\n"
"      # variables of both steps (dver-remote(7)):\n"
"      #   env:\n"
"      #     AWS_ACCESS_KEY_ID: ${{ secrets.DVER_KEY_ID }}\n"
"      #     AWS_SECRET_ACCESS_KEY: ${{ secrets.DVER_KEY }}\n"
"      - name: Is all data in the remote?\n"
"        run: dver check \"$BASE..HEAD\"\n"
"\n"
"      - name: Say what changes\n"
"        if: success() || failure()\n"
"        env:\n"
"          RUN: >-\n"
"            ${{ github.server_url }}/${{ github.repository\n"
"            }}/actions/runs/${{ github.run_id }}\n"
"        run: |\n"
"          dver report --base \"$BASE\" >\"$RUNNER_TEMP/report.md\"\n"
"          dver report --base \"$BASE\" -o \"$RUNNER_TEMP/report.html\"\n"
"          printf '\\nCharts are in the artifact dver-report of %s\\n' \\\n"
"            \"$RUN\" >>\"$RUNNER_TEMP/report.md\"\n"
"          cat \"$RUNNER_TEMP/report.md\" >>\"$GITHUB_STEP_SUMMARY\"\n"
"\n"
"      - name: Keep the page with charts\n"
"        if: success() || failure()\n"
"        uses: actions/upload-artifact@v4\n"
"        with:\n"
"          name: dver-report\n"
"          path: ${{ runner.temp }}/report.html\n"
"          if-no-files-found: ignore\n"
"\n"
"      # The token of a fork's pull request may not comment.\n"
"      - name: Comment\n"
"        if: >-\n"
"          (success() || failure()) &&\n"
"          github.event.pull_request.head.repo.full_name ==\n"
"          github.repository\n"
"        env:\n"
"          GH_TOKEN: ${{ github.token }}\n"
"          GH_REPO: ${{ github.repository }}\n"
"          NUMBER: ${{ github.event.pull_request.number }}\n"
"        run: |\n"
"          # The mark tells this comment from others of the same account.\n"
"          body=$RUNNER_TEMP/comment.md\n"
"          { echo '<!-- dver report -->'\n"
"            cat \"$RUNNER_TEMP/report.md\"; } >\"$body\"\n"
"          gh api --paginate \"repos/$GH_REPO/issues/$NUMBER/comments\" \\\n"
"            --jq '.[] | select(.user.login == \"github-actions[bot]\" and\n"
"              (.body | startswith(\"<!-- dver report -->\"))) | .id' \\\n"
"            >\"$RUNNER_TEMP/ids\"\n"
"          id=$(head -n 1 \"$RUNNER_TEMP/ids\")\n"
"          if [ -n \"$id\" ]; then\n"
"            gh api --silent --method PATCH -F \"body=@$body\" \\\n"
"              \"repos/$GH_REPO/issues/comments/$id\"\n"
"          else\n"
"            gh pr comment \"$NUMBER\" --body-file \"$body\"\n"
"          fi\n";

static const char gitlab_head[] =
"# A job for .gitlab-ci.yml, from dver init --ci gitlab: is all data of a\n"
"# merge request in the remote, and what does it change?\n"
"dver:\n"
"  image: ubuntu:24.04\n"
"  rules:\n"
"    - if: $CI_PIPELINE_SOURCE == \"merge_request_event\"\n"
"  variables:\n"
"    GIT_DEPTH: \"0\"\n"
"    # Fill in where you have dver's source from.\n"
"    DVER_SOURCE: https://example.org/dver.git\n"
"    DVER_VERSION: v";

static const char gitlab_dir[] =
"\n"
"    # What the remote asks for (dver-remote(7)), and GITLAB_TOKEN, which may\n"
"    # comment, are masked variables of the project, not lines of this file.\n"
"    WORKSPACE: '";

static const char gitlab_tail[] =
"'\n"
"  before_script:\n"
"    - apt-get update\n"
"    - >-\n"
"      apt-get install --yes --no-install-recommends ca-certificates glab\n"
"      gcc git jq make pkg-config libcurl4-openssl-dev\n"
"      libexpat1-dev libgit2-dev libjansson-dev libs3-dev\n"
"      libssl-dev libutf8proc-dev libyaml-dev libzstd-dev\n"
"    - >-\n"
"      git clone --quiet --depth 1 --branch \"$DVER_VERSION\"\n"
"      -- \"$DVER_SOURCE\" /tmp/dver-source\n"
"    - make -C /tmp/dver-source -j2\n"
"    - make -C /tmp/dver-source install\n"
"    - ldconfig\n"
"    - cd \"$WORKSPACE\"\n"
"    # Data that your own lines read.  What follows needs none of it, but\n"
"    # shows the rows of small files that are here.\n"
"    # - dver pull data/test\n"
"  script:\n"
"    - >-\n"
"      dver report --base \"$CI_MERGE_REQUEST_DIFF_BASE_SHA\"\n"
"      >\"$CI_PROJECT_DIR/report.md\"\n"
"    - >-\n"
"      dver report --base \"$CI_MERGE_REQUEST_DIFF_BASE_SHA\"\n"
"      -o \"$CI_PROJECT_DIR/report.html\"\n"
"    - >-\n"
"      printf '\\nCharts are in the artifact report.html of %s\\n'\n"
"      \"$CI_JOB_URL\" >>\"$CI_PROJECT_DIR/report.md\"\n"
"    # The mark tells this comment from others of the same account.\n"
"    - |\n"
"      test -z \"$GITLAB_TOKEN\" || {\n"
"        notes=projects/$CI_PROJECT_ID/merge_requests\n"
"        notes=$notes/$CI_MERGE_REQUEST_IID/notes\n"
"        { echo '<!-- dver report -->'\n"
"          cat \"$CI_PROJECT_DIR/report.md\"; } >/tmp/note.md\n"
"        me=$(glab api user | jq .id)\n"
"        glab api --paginate \"$notes\" >/tmp/notes.json\n"
"        id=$(jq --argjson me \"$me\" '.[] | select(.author.id == $me and\n"
"          (.body | startswith(\"<!-- dver report -->\"))) | .id' \\\n"
"          /tmp/notes.json | head -n 1)\n"
"        if [ -n \"$id\" ]; then\n"
"          glab api --method PUT -F body=@/tmp/note.md \"$notes/$id\"\n"
"        else\n"
"          glab api --method POST -F body=@/tmp/note.md \"$notes\"\n"
"        fi >/dev/null\n"
"      }\n"
"    - dver check \"$CI_MERGE_REQUEST_DIFF_BASE_SHA..HEAD\"\n"
"  artifacts:\n"
"    when: always\n"
"    paths: [report.md, report.html]\n";

static int check_git(const struct dver_repo *repo, struct dver_err *err)
{
	return repo->git ? 0 : err_set(err, DVER_EINVAL, "this workspace is "
				       "not in git: no forge has it");
}

int dver_ci_text(struct dver_repo *repo, enum dver_forge forge, char **text,
		 struct dver_err *err)
{
	AUTO_BUF struct buf b = BUF_INIT(TEXT_MAX);
	bool gh = forge == DVER_GITHUB;
	const char *dir = *repo->prefix ? repo->prefix : ".";
	int r = check_git(repo, err);

	if (r < 0)
		return r;
	/* It is quoted, but a forge has expressions of its own. */
	if (dir[strspn(dir, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
		       "UVWXYZ0123456789._/+=@, -")])
		return err_set(err, DVER_EUNSUPPORTED, "the folder '%s' has a "
			       "name that does not go into a workflow", dir);
	buf_addstr(&b, gh ? github_head : gitlab_head);
	buf_addstr(&b, dver_version());
	buf_addstr(&b, gh ? github_dir : gitlab_dir);
	buf_addstr(&b, dir);
	buf_addstr(&b, gh ? github_tail : gitlab_tail);
	r = buf_check(&b, err);
	if (r < 0)
		return r;
	*text = buf_detach(&b);
	return *text ? 0 : err_nomem(err);
}

/* The folder that it goes to, which no symlink leads away from. */
static int make_folder(const char *top, struct dver_err *err)
{
	AUTO_CLOSE int fd = os_open(top, O_RDONLY | O_DIRECTORY, 0);

	if (fd < 0)
		return err_sys(err, "cannot open '%s'", top);
	if (os_mkdirs_beneath(fd, ".github/workflows", 0777) == 0)
		return 0;
	if (errno == ELOOP || errno == EXDEV)
		return err_set(err, DVER_EINVAL, "'.github/workflows' passes "
			       "through a symlink: make it a folder");
	return err_sys(err, "cannot make '.github/workflows'");
}

int dver_ci_write(struct dver_repo *repo, bool force, struct dver_err *err)
{
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *now = NULL;
	struct os_stat st;
	size_t len;
	int r = dver_ci_text(repo, DVER_GITHUB, &text, err);

	if (r == 0)
		r = make_folder(git_workdir(repo->git), err);
	if (r < 0)
		return r;
	path = path_join(git_workdir(repo->git), DVER_CI_GITHUB);
	if (!path)
		return err_nomem(err);
	if (os_stat(path, &st, true) == 0) {
		if (S_ISREG(st.mode) &&
		    os_slurp(&now, &len, path, TEXT_MAX, NULL) == 0 &&
		    streq(now, text))
			return 0;
		if (!force)
			return err_set(err, DVER_EEXISTS, "'%s' is there "
				       "already and is another one: --force "
				       "replaces it", DVER_CI_GITHUB);
	}
	r = afile_replace(path, text, strlen(text), 0666, 0, err);
	return r < 0 ? r : 1;
}
