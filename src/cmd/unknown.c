#include "cmd/unknown.h"

#include <string.h>

#include "base/mem.h"
#include "base/near.h"
#include "cmd/cmd.h"
#include "cmd/say.h"

/* What hands that know DVC type, where it has another name here. */
static const char *const others[][2] = {
	{ "commit", "dver repro --accept records what a stage made, dver add "
		    "other data" },
	{ "exp", "an experiment is a branch of git's, with dver repro; dver "
		 "metrics diff compares two" },
	{ "experiments", "an experiment is a branch of git's, with dver repro; "
			 "dver metrics diff compares two" },
	{ "get", "in a clone of its repository: dver export REV:PATH DEST" },
	{ "import", "in a clone of its repository: dver export REV:PATH DEST; "
		    "then dver add" },
	{ "list", "dver ls" },
	{ "move", "dver mv" },
	{ "remove", "dver rm" },
	{ "run", "dver stage add --run" },
};

int unknown_command(const char *word)
{
	struct near near;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strcmp(word, others[i][0]) == 0) {
			say_error("there is no command '%s'", word);
			say_hint("%s", others[i][1]);
			return CMD_USAGE;
		}
	near_init(&near, word);
	for (size_t i = 0; commands[i]; i++)
		if (!(commands[i]->flags & CMD_HIDDEN))
			near_look(&near, commands[i]->name);
	if (near.n)
		say_error("there is no command '%s': is '%s' meant?", word,
			  near.v[0]);
	else
		say_error("there is no command '%s'", word);
	say_hint("dver help");
	return CMD_USAGE;
}
