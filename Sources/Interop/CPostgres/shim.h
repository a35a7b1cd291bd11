/* libpq (PostgreSQL manual, chapter 34) and what Swift does not see of it. No logic here. */
#pragma once
#include <postgresql/libpq-fe.h>
#include <sys/ioctl.h>

/* Bytes that the kernel holds for a socket (ioctl_tty(2), FIONREAD): a macro that Swift does not see. libpq does not
   tell whether it has read all, and an edge is reported once. */
static inline int cpostgres_unread(int fd) {
    int count = 0;
    return ioctl(fd, FIONREAD, &count) == 0 ? count : 0;
}
/* The fields of an error report: character constants behind macros. */
static const int cpostgres_field_sqlstate = PG_DIAG_SQLSTATE;
static const int cpostgres_field_message = PG_DIAG_MESSAGE_PRIMARY;
static const int cpostgres_field_detail = PG_DIAG_MESSAGE_DETAIL;
static const int cpostgres_field_constraint = PG_DIAG_CONSTRAINT_NAME;
static const int cpostgres_field_column = PG_DIAG_COLUMN_NAME;
static const int cpostgres_field_table = PG_DIAG_TABLE_NAME;
static const int cpostgres_field_routine = PG_DIAG_SOURCE_FUNCTION;
