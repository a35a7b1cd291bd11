import Reactor

/// What the command line says.
struct Options {
    /// A command line that can't be understood.
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    static let help = """
        usage: hello [--host ADDRESS] [--port N] [--loops N] [--telemetry full]

        Serves GET / (a greeting), GET /1k (1 KiB of JSON) and POST /echo (the content comes back).

          --host ADDRESS  numeric IPv4 or IPv6 address, or unix:/path; default 127.0.0.1
          --port N        0-65535, default 8080; 0 lets the system choose
          --loops N       event loops, 1-256; default one for each processor
          --telemetry M   none (default), or full: metrics, spans that go nowhere, an access log on standard output
          --help          prints this

        Ends on SIGTERM or SIGINT after the requests in flight: exit status 0, or 3 when some had to be cut.
        """

    var address = SocketAddress.loopback(port: 8080)
    var loops = EventLoopGroup.processorCount
    var wantsTelemetry = false
    var wantsHelp = false

    init(_ arguments: [String]) throws(Mistake) {
        var host = "127.0.0.1"
        var port: UInt16 = 8080
        var rest = arguments[...]
        while let name = rest.popFirst() {
            switch name {
            case "--help", "-h": wantsHelp = true
            case "--host": host = try Self.value(of: name, in: &rest)
            case "--port": port = try Self.number(of: name, in: &rest, 0...UInt16.max)
            case "--loops": loops = try Self.number(of: name, in: &rest, 1...256)
            case "--telemetry": wantsTelemetry = try Self.telemetry(&rest)
            default: throw Mistake(description: "unknown argument \(name); see --help")
            }
        }
        guard let address = SocketAddress(numericHost: host, port: port) else {
            throw Mistake(description: "--host \(host): not a numeric IPv4 or IPv6 address, nor unix:/path")
        }
        self.address = address
    }

    private static func telemetry(_ rest: inout ArraySlice<String>) throws(Mistake) -> Bool {
        switch try value(of: "--telemetry", in: &rest) {
        case "none": return false
        case "full": return true
        case let text: throw Mistake(description: "--telemetry \(text): not none or full")
        }
    }

    private static func value(of name: String, in rest: inout ArraySlice<String>) throws(Mistake) -> String {
        guard let value = rest.popFirst() else {
            throw Mistake(description: "\(name) needs a value; see --help")
        }
        return value
    }

    private static func number<Number: FixedWidthInteger & LosslessStringConvertible>(
        of name: String,
        in rest: inout ArraySlice<String>,
        _ range: ClosedRange<Number>
    ) throws(Mistake) -> Number {
        let text = try value(of: name, in: &rest)
        guard let number = Number(text), range.contains(number) else {
            throw Mistake(
                description: "\(name) \(text): not a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }
}
