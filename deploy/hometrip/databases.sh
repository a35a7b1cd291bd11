#!/bin/sh
# Rendered by `vigie render hometrip`: run by PostgreSQL's image when its volume is empty.
set -eu

# make NAME PASSWORD: a role and a database of that name, which nobody else may enter.
make() {
    psql -v ON_ERROR_STOP=1 -v name="$1" -v password="$2" -U "$POSTGRES_USER" -d postgres <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
}

make identity "$IDENTITY_DATABASE_PASSWORD"
make listing "$LISTING_DATABASE_PASSWORD"

# Who reads the server's figures, and nothing else.
psql -v ON_ERROR_STOP=1 -v password="$EXPORTER_DATABASE_PASSWORD" -U "$POSTGRES_USER" -d postgres <<'SQL'
CREATE ROLE vigie_exporter LOGIN PASSWORD :'password';
GRANT pg_monitor TO vigie_exporter;
GRANT CONNECT ON DATABASE identity TO vigie_exporter;
GRANT CONNECT ON DATABASE listing TO vigie_exporter;
SQL
