CREATE TABLE signing_key (
    id text PRIMARY KEY,
    sealed bytea NOT NULL,
    public_key text NOT NULL,
    signs_from timestamptz NOT NULL,
    signs_until timestamptz NOT NULL
);
