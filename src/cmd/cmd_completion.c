#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"

struct args { bool unused; };

static const struct opt opts[] = {
	{ 0, "SHELL", OPT_REST, 0, "bash zsh fish", "bash, zsh or fish" },
	OPTS_END
};

/* What -h of every command leaves out. */
#define GLOBALS "--help --jobs --json --progress --quiet --verbose"

static const char *words_of(const struct cmd *c)
{
	for (const struct opt *o = c->opts; o->type != OPT_END; o++)
		if (o->type == OPT_REST)
			return o->arg ? o->arg : "";
	return "";
}

/* Does the command take tracked paths? */
static bool takes_targets(const struct cmd *c)
{
	for (const struct opt *o = c->opts; o->type != OPT_END; o++)
		if (o->type == OPT_REST)
			return !o->arg && strstr(o->name, "PATH") != NULL;
	return false;
}

static bool is_remote(const struct opt *o)
{
	return o->name && strcmp(o->name, "remote") == 0;
}

static bool shown(const struct cmd *c)
{
	return !(c->flags & CMD_HIDDEN);
}

static void all_commands(void)
{
	for (size_t i = 0; commands[i]; i++)
		if (shown(commands[i]))
			(void)printf("%s%s", i ? " " : "", commands[i]->name);
}

static void bash_command(const struct cmd *c)
{
	(void)printf("\t%s)\n\t\topts=\"%s", c->name, GLOBALS);
	for (const struct opt *o = c->opts; o->type != OPT_END; o++)
		if (o->type != OPT_REST && o->name)
			(void)printf(" --%s", o->name);
	(void)printf("\"\n\t\twords=\"");
	if (c == &cmd_help)
		all_commands();
	else
		(void)fputs(words_of(c), stdout);
	(void)printf("\"%s ;;\n", takes_targets(c) ? "\n\t\ttargets=1" : "");
}

static void bash(void)
{
	(void)puts("# bash completion for dver: dver completion bash\n"
		   "_dver()\n{\n"
		   "\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n"
		   "\tlocal prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		   "\tlocal i cmd= words= targets= opts=\"" GLOBALS "\"\n\n"
		   "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		   "\t\tcase ${COMP_WORDS[i]} in\n"
		   "\t\t-C|-j|--jobs|--progress) ((i++)) ;;\n"
		   "\t\t-*) ;;\n"
		   "\t\t*) cmd=${COMP_WORDS[i]}; break ;;\n"
		   "\t\tesac\n\tdone\n"
		   "\tcase $prev in\n"
		   "\t-r|--remote)\n"
		   "\t\tCOMPREPLY=($(compgen -W \"$(dver dump-words remotes "
		   "2>/dev/null)\" -- \"$cur\"))\n\t\treturn ;;\n"
		   "\t--progress)\n"
		   "\t\tCOMPREPLY=($(compgen -W \"auto plain none\" -- "
		   "\"$cur\"))\n\t\treturn ;;\n\tesac\n"
		   "\tcase $cmd in");
	(void)printf("\t'') words=\"");
	all_commands();
	(void)puts("\" ;;");
	for (size_t i = 0; commands[i]; i++)
		if (shown(commands[i]))
			bash_command(commands[i]);
	(void)puts("\tesac\n"
		   "\tif [[ $cur == -* ]]; then\n"
		   "\t\tCOMPREPLY=($(compgen -W \"$opts\" -- \"$cur\"))\n"
		   "\telif [[ $words ]]; then\n"
		   "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
		   "\telse\n"
		   "\t\tlocal IFS=$'\\n'\n"
		   "\t\tcompopt -o filenames 2>/dev/null\n"
		   "\t\tCOMPREPLY=($( { compgen -f -- \"$cur\"\n"
		   "\t\t\t[[ $targets ]] && dver dump-words targets "
		   "\"$cur\" 2>/dev/null; } | sort -u))\n"
		   "\tfi\n}\ncomplete -F _dver dver");
}

/* Text in single quotes and brackets of zsh, in single quotes of fish. */
static void quoted(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			(void)fputs("'\\''", stdout);
		else if (strchr("[]:", *text))
			(void)printf("\\%c", *text);
		else
			(void)putchar(*text);
	}
}

static void zsh_command(const struct cmd *c)
{
	(void)printf("\t%s)\n\t\t_arguments", c->name);
	for (const struct opt *o = c->opts; o->type != OPT_END; o++) {
		if (o->type == OPT_REST || !o->name)
			continue;
		(void)printf(" \\\n\t\t\t'--%s[", o->name);
		quoted(o->help);
		(void)putchar(']');
		if (o->arg)
			(void)printf(":%s:%s", o->arg, is_remote(o)
				     ? "_dver_remotes" : "");
		(void)putchar('\'');
	}
	if (c == &cmd_help) {
		(void)printf(" \\\n\t\t\t'*:command:(");
		all_commands();
		(void)puts(")' ;;");
	} else if (*words_of(c)) {
		(void)printf(" \\\n\t\t\t'*:word:(%s)' ;;\n", words_of(c));
	} else {
		(void)printf(" \\\n\t\t\t'*:path:%s' ;;\n", takes_targets(c)
			     ? "_dver_targets" : "_files");
	}
}

static void zsh(void)
{
	(void)puts("#compdef dver\n"
		   "# zsh completion for dver: dver completion zsh\n"
		   "_dver_remotes() {\n"
		   "\tcompadd -- ${(f)\"$(dver dump-words remotes "
		   "2>/dev/null)\"}\n}\n"
		   "_dver_targets() {\n"
		   "\tcompadd -f -- ${(f)\"$(dver dump-words targets "
		   "\"$PREFIX\" 2>/dev/null)\"}\n"
		   "\t_files\n}\n"
		   "_dver() {\n"
		   "\tlocal -a commands\n"
		   "\tcommands=(");
	for (size_t i = 0; commands[i]; i++) {
		if (!shown(commands[i]))
			continue;
		(void)printf("\t\t'%s:", commands[i]->name);
		quoted(commands[i]->summary);
		(void)puts("'");
	}
	(void)puts("\t)\n"
		   "\tif (( CURRENT == 2 )); then\n"
		   "\t\t_describe command commands\n\t\treturn\n\tfi\n"
		   "\tcase $words[2] in");
	for (size_t i = 0; commands[i]; i++)
		if (shown(commands[i]))
			zsh_command(commands[i]);
	(void)puts("\tesac\n}\n"
		   "if [[ $funcstack[1] == _dver ]]; then\n"
		   "\t_dver \"$@\"\nelse\n\tcompdef _dver dver\nfi");
}

static void fish_words(const struct cmd *c, const char *words)
{
	(void)printf("complete -c dver -f -n '__fish_seen_subcommand_from %s' "
		     "-a '%s'\n", c->name, words);
}

static void fish_command(const struct cmd *c)
{
	for (const struct opt *o = c->opts; o->type != OPT_END; o++) {
		if (o->type == OPT_REST)
			continue;
		(void)printf("complete -c dver -n "
			     "'__fish_seen_subcommand_from %s'", c->name);
		if (o->letter)
			(void)printf(" -s %c", o->letter);
		if (o->name)
			(void)printf(" -l %s", o->name);
		if (is_remote(o))
			(void)printf(" -x -a '(dver dump-words remotes)'");
		else if (o->arg)
			(void)printf(" -r");
		(void)printf(" -d '");
		quoted(o->help);
		(void)puts("'");
	}
	if (*words_of(c))
		fish_words(c, words_of(c));
	if (takes_targets(c))
		(void)printf("complete -c dver -n "
			     "'__fish_seen_subcommand_from %s' "
			     "-a '(dver dump-words targets "
			     "(commandline -ct))'\n", c->name);
}

static void fish(void)
{
	(void)puts("# fish completion for dver: dver completion fish");
	for (size_t i = 0; commands[i]; i++) {
		if (!shown(commands[i]))
			continue;
		(void)printf("complete -c dver -n __fish_use_subcommand -a %s "
			     "-d '", commands[i]->name);
		quoted(commands[i]->summary);
		(void)puts("'");
	}
	for (size_t i = 0; commands[i]; i++)
		if (shown(commands[i]))
			fish_command(commands[i]);
	(void)printf("complete -c dver -f -n '__fish_seen_subcommand_from "
		     "help' -a '");
	all_commands();
	(void)puts("'");
}

static int completion(struct cmd_ctx *ctx, const void *data, char **words,
		      int n, struct dver_err *err)
{
	static const struct { const char *name; void (*print)(void); } shells[]
		= { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	(void)ctx;
	(void)data;
	for (size_t i = 0; n == 1 && i < 3; i++) {
		if (strcmp(words[0], shells[i].name) == 0) {
			shells[i].print();
			return 0;
		}
	}
	return cmd_usage(err, "name a shell: bash, zsh or fish");
}

const struct cmd cmd_completion = {
	"completion", "care", "print a shell's completion of dver", opts,
	sizeof(struct args), completion, 0
};
