import HTTP

/// The series of `http_server_request_duration_seconds`, found by one load for what is common.
///
/// A route's statuses have a table. What ends otherwise, or has a rare status, is looked up by its labels.
struct HTTPServerDurations: Sendable {
    /// One route and method, with all that is made of them once.
    final class Route: Sendable {
        let template: String
        let isQuiet: Bool
        let spanName: String
        /// What is known of each of its requests.
        let attributes: SharedAttributes
        /// Method and route as they stand in the access log; nil for a method that metrics don't name.
        let place: [UInt8]?
        fileprivate let table: SeriesTable<Histogram>

        init(
            _ method: MethodLabel,
            _ template: String,
            isQuiet: Bool,
            _ family: MetricFamily<Histogram>
        ) {
            self.template = template
            let format = JSONLogFormat(service: "", instance: "", redactor: .standard)
            place = method.isKnown ? AccessLineFormat.place(method.value, template, format) : nil
            self.isQuiet = isQuiet
            spanName = template.isEmpty ? method.spanName : "\(method.spanName) \(template)"
            var attributes: Attributes = [
                .httpRequestMethod: .string(method.value), .urlScheme: .string(HTTPServerDurations.scheme),
            ]
            if !template.isEmpty { attributes[.httpRoute] = .string(template) }
            self.attributes = SharedAttributes(attributes)
            table = SeriesTable(family, count: StatusTable.codes.count) { place in
                let code = StatusTable.codes[place]
                let error = code >= 500 ? "\(code)" : ""
                return [method.value, template, "\(code)", HTTPServerDurations.scheme, error]
            }
        }
    }

    /// TLS ends in front of us.
    static let scheme = "http"

    private let family: MetricFamily<Histogram>
    private let routes: [HTTPRouteSeries]
    /// Of requests without a route.
    private let unrouted: HTTPRouteSeries

    init(_ family: MetricFamily<Histogram>, routes names: [HTTPRouteName]) {
        self.family = family
        routes = names.map { HTTPRouteSeries($0.template, isQuiet: $0.isQuiet, family) }
        unrouted = HTTPRouteSeries("", isQuiet: false, family)
    }

    /// The series of one more route.
    func series(_ template: String, isQuiet: Bool) -> HTTPRouteSeries {
        HTTPRouteSeries(template, isQuiet: isQuiet, family)
    }

    /// The series of a request's route.
    func series(_ index: Int?) -> HTTPRouteSeries {
        guard let index, routes.indices.contains(index) else { return unrouted }
        return routes[index]
    }

    /// The series of a request that has ended so.
    subscript(route: Route, method: MethodLabel, end: HTTPExchangeEnd) -> Histogram {
        if end.outcome == .sent, let place = StatusTable.place(of: end.status) { return route.table[place] }
        let code = "\(end.status.code)"
        let error = Self.errorType(of: end) ?? ""
        return (try? family.with(method.value, route.template, code, Self.scheme, error)) ?? family.overflow()
    }

    /// `error.type` of a request that ended so: a word of a closed list or a status; nil for none.
    static func errorType(of end: HTTPExchangeEnd) -> String? {
        switch end.outcome {
        case .sent: end.status.code >= 500 ? "\(end.status.code)" : nil
        case .clientLeft: "client_disconnected"
        case .timedOut: "timeout"
        case .refused(let reason): reason.rawValue
        case .contentFailed: "content_failed"
        case .writeTimedOut: "write_timeout"
        }
    }
}

/// The statuses that services give, each with a place in a small table.
enum StatusTable {
    static let codes: [UInt16] = [
        200, 201, 202, 204, 206, 101, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 408,
        409, 410,
        411, 412, 413, 414, 415, 416, 417, 422, 425, 426, 428, 429, 431, 499, 500, 501, 502, 503, 504, 505,
    ]

    private static let places: [Int8] = {
        var places = [Int8](repeating: -1, count: 600)
        for (place, code) in codes.enumerated() { places[Int(code)] = Int8(place) }
        return places
    }()

    static func place(of status: HTTPStatus) -> Int? {
        let place = places[Int(status.code)]
        return place < 0 ? nil : Int(place)
    }
}
