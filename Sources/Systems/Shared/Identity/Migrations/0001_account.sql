CREATE TABLE account (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    about text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'en',
    roles text[] NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

-- By a digest of what was typed, whether there is such an account or not.
CREATE TABLE failed_login (
    email_hash bytea PRIMARY KEY,
    failures integer NOT NULL,
    began_at timestamptz NOT NULL,
    locked_until timestamptz
);
CREATE INDEX failed_login_age ON failed_login (began_at);
