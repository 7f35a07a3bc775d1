/*
 * azure_error - the server's code and words, and what to look at.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "format/xml.h"
#include "remotes/azure.h"

const char *azure_error_code(const struct http_reply *reply)
{
	const char *code = http_reply_header(reply, "x-ms-error-code");

	return code ? code : "";
}

/* What a code means here; the first row that fits. */
static const struct meaning {
	const char *code;	/* NULL: any */
	int status;		/* 0: any */
	int is;
	const char *hint;	/* NULL: nothing to add */
} meanings[] = {
	{ "BlobNotFound", 0, DVER_ENOTFOUND, NULL },
	{ "ContainerNotFound", 0, DVER_EREMOTE,
	  "there is no such container: check url and account_name, or make "
	  "it" },
	{ "ContainerBeingDeleted", 0, DVER_EREMOTE, NULL },
	{ "ResourceNotFound", 0, DVER_EREMOTE,
	  "check url and account_name, and that the container is there" },
	{ "AuthenticationFailed", 0, DVER_EAUTH,
	  "check account_key or sas_token, and this machine's clock" },
	{ "AuthorizationFailure", 0, DVER_EAUTH,
	  "check account_key or sas_token" },
	{ "AuthorizationPermissionMismatch", 0, DVER_EAUTH,
	  "these credentials have no right to do this" },
	{ "AuthorizationResourceTypeMismatch", 0, DVER_EAUTH,
	  "the SAS token is for something else" },
	{ "InsufficientAccountPermissions", 0, DVER_EAUTH,
	  "these credentials have no right to do this" },
	{ "NoAuthenticationInformation", 0, DVER_EAUTH,
	  "it is not public: give credentials" },
	{ "PublicAccessNotPermitted", 0, DVER_EAUTH,
	  "it is not public: give credentials" },
	{ "InvalidAuthenticationInfo", 0, DVER_EAUTH,
	  "check the credentials" },
	{ "AccountIsDisabled", 0, DVER_EAUTH, "the account is disabled" },
	{ "BlobArchived", 0, DVER_EREMOTE,
	  "it is archived: bring it to another tier first" },
	{ "InvalidResourceName", 0, DVER_EINVAL,
	  "a container's name has 3 to 63 lower-case letters, digits and "
	  "dashes" },
	{ "LeaseIdMissing", 0, DVER_EREMOTE, "somebody holds a lease on it" },
	{ "ServerBusy", 0, DVER_ENET, "the server is overloaded: try later or "
	  "with fewer --jobs" },
	{ NULL, 404, DVER_ENOTFOUND, NULL },
	{ NULL, 401, DVER_EAUTH, "check the credentials" },
	{ NULL, 403, DVER_EAUTH, "check the credentials and their rights" },
	{ NULL, 407, DVER_EAUTH, "the proxy wants a password" },
	{ NULL, 429, DVER_ENET, "the server is overloaded" },
	{ NULL, 500, DVER_ENET, NULL },
	{ NULL, 502, DVER_ENET, NULL },
	{ NULL, 503, DVER_ENET, NULL },
	{ NULL, 504, DVER_ENET, NULL },
	{ NULL, 0, DVER_EREMOTE, NULL },
};

static int on_end(void *data, const struct xml_node *node,
		  struct dver_err *err)
{
	(void)err;
	if (streq(node->path, "Error/Message"))
		http_words(data, node->text, strcspn(node->text, "\n"));
	return 0;
}

/* "404 BlobNotFound: The specified blob does not exist." */
static void add_words(struct buf *b, const struct http_reply *reply)
{
	const char *code = azure_error_code(reply);
	AUTO_BUF struct buf words = BUF_INIT(1000);
	struct dver_err err;

	if (reply->body.len)
		(void)xml_parse("error", reply->body.data, reply->body.len,
				NULL, on_end, &words, &err);
	if (*code)
		buf_addf(b, "%d %.100s", reply->status, code);
	else
		buf_addf(b, "the answer is %d", reply->status);
	if (words.len)
		buf_addf(b, ": %s", words.data);
}

/* A HEAD of a missing blob has no code; of a container neither. */
static const struct meaning *meaning(const struct http_reply *reply)
{
	const char *code = azure_error_code(reply);
	const struct meaning *m = meanings;

	while ((m->code && !streq(m->code, code)) ||
	       (m->status && m->status != reply->status))
		m++;
	return m;
}

int azure_error(const struct azure *a, const struct azure_rq *rq,
		const char *what, const struct http_reply *reply,
		struct dver_err *err)
{
	const struct meaning *m = meaning(reply);
	AUTO_BUF struct buf words = BUF_INIT(2000);
	int is = m->is;

	if (is == DVER_ENOTFOUND && !rq->key)
		is = DVER_EREMOTE;
	add_words(&words, reply);
	return err_set(err, is, "%s at %s: %s%s%s%s", what, a->c.endpoint,
		       words.data, m->hint ? " (" : "",
		       m->hint ? m->hint : "", m->hint ? ")" : "");
}
