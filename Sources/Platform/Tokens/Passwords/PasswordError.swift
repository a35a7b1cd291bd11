/// What hashing a password can fail with. A wrong password is no error but a verdict.
public enum PasswordError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is stored for the account is no Argon2id hash of a sane cost: its data is damaged.
    case malformedHash
    /// libargon2 or OpenSSL failed, with its reason: most often there was no memory.
    case failed(String)

    /// Says what to do; holds nothing of password or hash.
    public var description: String {
        switch self {
        case .malformedHash:
            "password: the stored hash is not $argon2id$v=19$m=…,t=…,p=…$…$…; set a new password"
        case .failed(let reason): "password: hashing failed: \(reason)"
        }
    }
}
