/*
 * dver/err.h - how libdver reports what went wrong.
 *
 * Every function that can fail returns 0 (or a count) on success and one of
 * the negative codes below on failure, and describes the failure in the
 * struct dver_err of its caller.  The struct lies on the caller's stack:
 * nothing to free, nothing shared between threads, it cannot fail itself.
 */
#ifndef DVER_ERR_H
#define DVER_ERR_H

#ifdef __cplusplus
extern "C" {
#endif

/* What a caller can act on; the message says the rest. */
enum dver_code {
	DVER_EIO = -1,		/* the system said no: disk, permission, ... */
	DVER_ENOMEM = -2,
	DVER_ENOTFOUND = -3,	/* the named thing does not exist */
	DVER_EEXISTS = -4,	/* the named thing is there already */
	DVER_EINVAL = -5,	/* an argument or a setting makes no sense */
	DVER_EFORMAT = -6,	/* input that cannot be parsed */
	DVER_ECORRUPT = -7,	/* stored bytes do not match their checksum */
	DVER_ELOCKED = -8,	/* somebody else is at it */
	DVER_ECONFLICT = -9,	/* would destroy or contradict newer state */
	DVER_EAUTH = -10,	/* credentials missing or refused */
	DVER_ENET = -11,	/* the network failed; trying again may help */
	DVER_EREMOTE = -12,	/* the remote answered with an error */
	DVER_ECANCEL = -13,	/* interrupted by the caller or a signal */
	DVER_ECHILD = -14,	/* a command that was run failed */
	DVER_EUNSUPPORTED = -15, /* valid, but not known to this version */
	DVER_EMISSING = -16	/* tracked data is in no store that was asked */
};

/* A failure: its code and one line of text, without a full stop. */
struct dver_err {
	int code;
	char msg[512];
};

#ifdef __cplusplus
}
#endif

#endif
