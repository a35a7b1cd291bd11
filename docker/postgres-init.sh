#!/usr/bin/env bash
# Usage: docker/postgres-init.sh, run once by PostgreSQL's image when its data folder is empty (/docker-entrypoint-initdb.d)
#
# Makes a database and a role of its own for each service of DATABASES (names parted by spaces), all with POSTGRES_PASSWORD, and
# the role by which prometheus-postgres-exporter looks at the server (POSTGRES_EXPORTER_PASSWORD).
set -euo pipefail

: "${POSTGRES_USER:?}" "${POSTGRES_PASSWORD:?}" "${POSTGRES_EXPORTER_PASSWORD:?}" "${DATABASES:?}"

for name in $DATABASES; do
    [[ $name =~ ^[a-z][a-z0-9_]{0,62}$ ]] || {
        echo "postgres-init.sh: $name is no name for a database: letters, digits and _, a letter first" >&2
        exit 1
    }
done

# sql [VARIABLE=VALUE...]: runs what comes on the standard input; psql quotes the variables.
sql() {
    local variable arguments=()
    for variable in "$@"; do arguments+=(--set "$variable"); done
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres "${arguments[@]}"
}

for name in $DATABASES; do
    sql name="$name" password="$POSTGRES_PASSWORD" <<'END'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
END
done

# It reads statistics of all databases, and no table.
sql password="$POSTGRES_EXPORTER_PASSWORD" <<'END'
CREATE ROLE vigie_exporter LOGIN PASSWORD :'password' CONNECTION LIMIT 3;
GRANT pg_monitor TO vigie_exporter;
END
