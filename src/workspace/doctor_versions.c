#include "workspace/doctor.h"

#include <sys/utsname.h>

#include "base/mem.h"
#include "base/pool.h"
#include "base/utf8.h"
#include "format/json_read.h"
#include "format/xml.h"
#include "format/yaml.h"
#include "net/http.h"
#include "repo/git.h"
#include "store/codec.h"

static void check_git(struct doctor *d)
{
	static const char *const args[] = { "version", NULL };
	AUTO_BUF struct buf out = BUF_PATH;
	AUTO_BUF struct buf said = BUF_PATH;
	int r = doctor_git(d, args, &out, &said);

	buf_truncate(&out, strcspn(out.data, "\n"));
	if (r == 0 && str_starts(out.data, "git version ")) {
		doctor_say(d, DVER_VERDICT_OK, "git %s",
			   out.data + strlen("git version "));
		return;
	}
	doctor_say(d, DVER_VERDICT_PROBLEM, "git does not run: %s",
		   said.len ? said.data : "it says no version");
	doctor_do(d, "install git, or put it into PATH");
}

void doctor_versions(struct doctor *d)
{
	static void (*const libraries[])(struct buf *) = {
		git_library, hash_library, http_library, codec_library,
		yaml_library, json_library, xml_library, utf8_library };
	AUTO_BUF struct buf list = BUF_INIT(4096);
	int threads = pool_default_threads();
	struct utsname os;

	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++) {
		buf_addstr(&list, ", ");
		libraries[i](&list);
	}
	if (d->opts->libraries)
		buf_addf(&list, ", %s", d->opts->libraries);
	if (uname(&os) == 0)
		buf_addf(&list, "; %s %s %s", os.sysname, os.release,
			 os.machine);
	doctor_say(d, DVER_VERDICT_OK, "dver %s%s, %d thread%s",
		   dver_version(), list.data, threads,
		   threads == 1 ? "" : "s");
	check_git(d);
}
