/* libargon2, the reference implementation of Argon2 (RFC 9106). No logic here. */
#pragma once
#include <argon2.h>
