#include <string.h>

#include "cmd/cmd.h"

struct args { bool unused; };

static const struct opt opts[] = {
	{ 0, "SHELL", OPT_REST, 0, "bash zsh fish", "bash, zsh or fish" },
	OPTS_END
};

/*
 * What the words mean is found by dver dump-words (complete.h); the scripts
 * know their shells: how words are parted and quoted, and what is a file.
 */
static const char bash[] =
	"# bash completion for dver: dver completion bash\n"
	"_dver()\n"
	"{\n"
	"\tlocal i w cur cut= all= words=() lines=()\n\n"
	"\t# readline parts words at colons and equal signs too\n"
	"\tfor ((i = 1; i <= COMP_CWORD; i++)); do\n"
	"\t\tw=${COMP_WORDS[i]}\n"
	"\t\tif [[ $all && ( $w == [:=]* || $all == *[:=] ) &&\n"
	"\t\t      $COMP_LINE == *\"$all$w\"* &&\n"
	"\t\t      ( $w || ${COMP_LINE:COMP_POINT-1:1} != ' ' ) ]]; then\n"
	"\t\t\tall+=$w\n"
	"\t\t\twords[${#words[@]}-1]=$all\n"
	"\t\telse\n"
	"\t\t\tall=$w\n"
	"\t\t\twords+=(\"$w\")\n"
	"\t\tfi\n"
	"\tdone\n"
	"\tcur=$all\n"
	"\tfor i in \"${!words[@]}\"; do\n"
	"\t\tw=${words[i]#[\\\"\\']}\n"
	"\t\twords[i]=${w//\\\\/}\n"
	"\tdone\n"
	"\t[[ $cur == *:* && $COMP_WORDBREAKS == *:* ]] && "
	"cut=${cur%\"${cur##*:}\"}\n"
	"\t[[ $cur == *=* && $COMP_WORDBREAKS == *=* ]] && "
	"cut=${cur%\"${cur##*=}\"}\n"
	"\tmapfile -t lines < <(command dver dump-words -- \"${words[@]}\" "
	"2>/dev/null)\n"
	"\tCOMPREPLY=()\n"
	"\tfor w in \"${lines[@]:1}\"; do\n"
	"\t\tw=${w%%$'\\t'*}\n"
	"\t\tCOMPREPLY+=(\"${w#\"$cut\"}\")\n"
	"\tdone\n"
	"\tcase ${lines[0]-} in\n"
	"\tfiles|dirs)\n"
	"\t\tcompopt -o filenames 2>/dev/null\n"
	"\t\tw=-f\n"
	"\t\t[[ ${lines[0]} == dirs ]] && w=-d\n"
	"\t\tmapfile -t lines < <(compgen \"$w\" -- \"${cur#\"$cut\"}\")\n"
	"\t\tCOMPREPLY+=(\"${lines[@]}\") ;;\n"
	"\tesac\n"
	"\t[[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[/:=] ]] &&\n"
	"\t\tcompopt -o nospace 2>/dev/null\n"
	"\treturn 0\n"
	"}\n"
	"complete -F _dver dver\n";

static const char zsh[] =
	"#compdef dver\n"
	"# zsh completion for dver: dver completion zsh\n"
	"_dver() {\n"
	"\tlocal -a lines plain open described typed\n"
	"\tlocal line\n\n"
	"\ttyped=(\"${(@Q)words[2,CURRENT-1]}\" \"${(Q)PREFIX}\")\n"
	"\t(( CURRENT == 2 )) && typed=(\"${(Q)PREFIX}\")\n"
	"\tlines=(\"${(@f)$(command dver dump-words -- \"${typed[@]}\" "
	"2>/dev/null)}\")\n"
	"\tfor line in \"${(@)lines[2,-1]}\"; do\n"
	"\t\tif [[ $line == *$'\\t'* ]]; then\n"
	"\t\t\tdescribed+=(\"${${line%%$'\\t'*}//:/\\\\:}:"
	"${line#*$'\\t'}\")\n"
	"\t\telif [[ $line == *[/:=] ]]; then\n"
	"\t\t\topen+=(\"$line\")\n"
	"\t\telse\n"
	"\t\t\tplain+=(\"$line\")\n"
	"\t\tfi\n"
	"\tdone\n"
	"\t(( $#described )) && _describe -t words word described\n"
	"\t(( $#open )) && compadd -S '' -- \"${open[@]}\"\n"
	"\t(( $#plain )) && compadd -- \"${plain[@]}\"\n"
	"\tcase $lines[1] in\n"
	"\tfiles) _files ;;\n"
	"\tdirs) _files -/ ;;\n"
	"\tesac\n"
	"}\n"
	"if [[ $funcstack[1] == _dver ]]; then\n"
	"\t_dver \"$@\"\n"
	"else\n"
	"\tcompdef _dver dver\n"
	"fi\n";

static const char fish[] =
	"# fish completion for dver: dver completion fish\n"
	"function __dver_complete\n"
	"\tset -l words (commandline -opc)\n"
	"\tset -l current (commandline -ct)\n"
	"\tset -e words[1]\n"
	"\tset -l lines (command dver dump-words -- $words "
	"(string unescape -- \"$current\"; or echo \"$current\") "
	"2>/dev/null)\n"
	"\tset -l how $lines[1]\n"
	"\tset -e lines[1]\n"
	"\tstring join \\n -- $lines\n"
	"\tswitch \"$how\"\n"
	"\t\tcase files\n"
	"\t\t\tcomplete -C \"'' $current\"\n"
	"\t\tcase dirs\n"
	"\t\t\t__fish_complete_directories \"$current\" ''\n"
	"\tend\n"
	"end\n"
	"complete -c dver -e\n"
	"complete -c dver -f -a '(__dver_complete)'\n";

static int completion(struct cmd_ctx *ctx, const void *data, char **words,
		      int n, struct dver_err *err)
{
	static const struct { const char *name, *script; } shells[] = {
		{ "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	(void)ctx;
	(void)data;
	for (size_t i = 0; n == 1 && i < 3; i++) {
		if (strcmp(words[0], shells[i].name) == 0) {
			(void)fputs(shells[i].script, stdout);
			return 0;
		}
	}
	return cmd_usage(err, "name a shell: bash, zsh or fish");
}

const struct cmd cmd_completion = {
	"completion", "care", "print a shell's completion of dver", opts,
	sizeof(struct args), completion, 0
};
