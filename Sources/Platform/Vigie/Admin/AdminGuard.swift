import Configuration
import HTTP
import Routing
import Telemetry
import Tokens

/// Lets in who has the admin token; everybody where none is set, which is only on the machine itself.
struct AdminGuard: Sendable {
    let token: SecretString?

    /// Who asks; nil for somebody without the token.
    func principal(of head: HTTPRequestHead) -> Principal? {
        guard let token else { return Principal(subject: "local") }
        guard let given = BearerToken.find(in: head.fields) else { return nil }
        return ConstantTime.areEqual(given.span, Array(token.reveal().utf8).span) ? Principal(subject: "admin") : nil
    }
}
