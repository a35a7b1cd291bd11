import FoundationEssentials
public import HTTP
import JSON
import Reactor
public import Resilience
import Secrets
import Telemetry

/// Consul's HTTP API, from the side of who asks: typed calls, each sent once.
///
/// Nothing is retried here, since who asks knows best what to do meanwhile. Answers may hold keys that are not known. A
/// call ends at the deadline of ``Context/current``, if that is sooner than its own.
///
///     let consul = ConsulClient(settings, over: HTTPClient(on: group, settings: ConsulClient.httpSettings))
///     let entries = try await consul.healthService("payment").value
public final class ConsulClient: Sendable {
    /// Where it is.
    public let address: ConsulAddress
    let transport: any HTTPTransport
    private let datacenter: String?
    private let instance: ServiceInstance
    private let fields: HTTPFields
    private let token: String?

    /// The most that an answer may take, in bytes: what module JSON takes.
    public static let answerByteLimit = JSONLimits().byteCount
    /// The most that a KV value may take, in bytes (Consul's `kv_max_value_size`).
    public static let valueByteLimit = 524_288

    /// What an `HTTPClient` for long polls needs beside the defaults: the kernel asks silent peers.
    public static let httpSettings: HTTPClientSettings = {
        var settings = HTTPClientSettings()
        settings.keepsAlive = true
        return settings
    }()

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - settings: where, and with which rights.
    ///   - transport: what is spoken: an `HTTPClient`, or one that can do TLS where the endpoint's scheme is `https`, with the
    ///     settings' authorities and certificate.
    public init(_ settings: ConsulSettings, over transport: any HTTPTransport) {
        address = settings.endpoint
        self.transport = transport
        datacenter = settings.datacenter
        instance = ServiceInstance(address.destination, scheme: address.scheme, id: "consul")
        token = settings.token?.reveal()
        var fields: HTTPFields = ["accept": "application/json"]
        if let token { fields.append("x-consul-token", token) }
        if let authentication = settings.authentication {
            let text = Data(authentication.reveal().utf8).base64EncodedString()
            fields.append(.authorization, "Basic \(text)")
        }
        self.fields = fields
    }

    // MARK: For the calls

    /// How a call is made.
    struct Call {
        var method = HTTPMethod.get
        var body = HTTPBody.empty
        var takesDatacenter = true
        /// Statuses beside 2xx that are answers.
        var alsoTakes: [HTTPStatus] = []
        var poll = ConsulPoll()
    }

    struct Answer {
        let status: HTTPStatus
        let index: UInt64?
        let bytes: [UInt8]
        let operation: String
    }

    func send(_ target: ConsulTarget, _ call: Call = Call()) async throws(ConsulError) -> Answer {
        var target = target
        if call.takesDatacenter, let datacenter { target.add("dc", datacenter) }
        call.poll.add(to: &target)
        let operation = "\(call.method.name) \(target.path)"
        let request = HTTPRequest(call.method, target.text, fields: fields, body: call.body)
        let response: HTTPResponse
        do throws(AttemptFailure) {
            response = try await transport.attempt(request, to: instance, timeouts: timeouts(call.poll))
        } catch {
            throw ConsulError(.noAnswer(error.kind), operation, clean("\(error.underlying)"))
        }
        let status = response.head.status
        let isTaken = (200..<300).contains(status.code) || call.alsoTakes.contains(status)
        let bytes = try await content(of: response, isTaken ? Self.answerByteLimit : 1 << 16, operation)
        guard isTaken else {
            throw ConsulError(.refused(status), operation, clean(String(decoding: bytes, as: UTF8.self)))
        }
        let index = response.head.fields["x-consul-index"].flatMap { UInt64($0) }
        return Answer(status: status, index: index, bytes: bytes, operation: operation)
    }

    private func timeouts(_ poll: ConsulPoll) -> HTTPTimeouts {
        var timeouts = poll.timeouts
        guard let left = Context.current.remaining() else { return timeouts }
        timeouts.attempt = min(timeouts.attempt, left)
        timeouts.total = min(timeouts.total ?? left, left)
        return timeouts
    }

    private func content(
        of response: HTTPResponse,
        _ limit: Int,
        _ operation: String
    ) async throws(ConsulError) -> [UInt8] {
        do {
            return try await response.body.collect(upTo: limit)
        } catch let error as HTTPBody.TooLarge {
            throw ConsulError(.unusableAnswer, operation, error.description)
        } catch {
            throw ConsulError(.noAnswer(transport.kind(of: error)), operation, clean("\(error)"))
        }
    }

    func decode<Value: Decodable>(_ type: Value.Type, _ answer: Answer) throws(ConsulError) -> Value {
        do throws(JSONError) {
            return try JSONText.decode(type, from: answer.bytes)
        } catch {
            throw ConsulError(.unusableAnswer, answer.operation, clean(error.description))
        }
    }

    func encode(_ value: some Encodable, _ operation: String) throws(ConsulError) -> HTTPBody {
        do throws(JSONError) {
            return HTTPBody(try JSONText.encode(value))
        } catch {
            throw ConsulError(.noAnswer(.badRequest), operation, error.description)
        }
    }

    /// A text for the log: short, on one line, and without the token, whoever put it there.
    private func clean(_ text: String) -> String {
        var text = text
        if let token, !token.isEmpty { text = text.replacing(token, with: Secret.mask) }
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return String(line.prefix(512))
    }
}
