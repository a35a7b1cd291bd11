-- What one login has begun: a family of refresh tokens, each made of the one before.
CREATE TABLE session (
    id uuid PRIMARY KEY,
    account uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX session_account ON session (account);
CREATE INDEX session_expiry ON session (expires_at);

-- The SHA-256 of each token, and the access token that it was given out with.
CREATE TABLE refresh_token (
    hash bytea PRIMARY KEY,
    session uuid NOT NULL REFERENCES session ON DELETE CASCADE,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    access_id uuid NOT NULL,
    access_until timestamptz NOT NULL
);
CREATE INDEX refresh_token_session ON refresh_token (session);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);

-- Access tokens that must not be believed: to be told to the gateways, then to be forgotten.
CREATE TABLE revoked_token (
    id uuid PRIMARY KEY,
    ends_at timestamptz NOT NULL,
    told_at timestamptz
);
CREATE INDEX revoked_token_untold ON revoked_token (ends_at) WHERE told_at IS NULL;
CREATE INDEX revoked_token_end ON revoked_token (ends_at);
