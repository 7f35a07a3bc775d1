/*
 * dver/api.h - marks what libdver.so exports.
 */
#ifndef DVER_API_H
#define DVER_API_H

#define DVER_API __attribute__((visibility("default")))

#endif
