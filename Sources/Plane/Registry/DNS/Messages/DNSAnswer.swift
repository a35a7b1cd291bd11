/// What a question is answered, before it is known how much of it fits.
struct DNSAnswer: Sendable, Equatable {
    /// A record with what a client would ask for next.
    struct Part: Sendable, Equatable {
        let record: DNSRecord
        var extra: DNSRecord?
    }

    var code = DNSCode.noError
    /// Whether it is about the own domain.
    var isAuthoritative = true
    var parts: [Part] = []
    /// The record of the domain, for an answer without records.
    var authority: DNSRecord?

    /// The longest answer to a client that doesn't speak EDNS (RFC 1035 §4.2.1).
    static let plainLimit = 512
    /// The most records in such an answer, as Consul has it.
    static let plainPartLimit = 3
    /// The longest datagram that is sent to anybody.
    static let datagramLimit = 4096
    /// The longest answer over TCP.
    static let streamLimit = 65_535

    /// How many bytes a client takes in a datagram.
    static func datagramLimit(of query: DNSQuery) -> Int {
        guard let edns = query.edns else { return plainLimit }
        return min(max(Int(edns.payload), plainLimit), datagramLimit)
    }

    /// The message; what goes beyond `limit` bytes is left out, and the message says so (TC).
    func message(to query: DNSQuery, limit: Int) -> [UInt8] {
        var question: [UInt8] = []
        query.name.append(to: &question)
        question.append(number: query.type)
        question.append(number: query.recordClass)
        var tail: [UInt8] = []
        if parts.isEmpty { authority?.append(to: &tail) }
        let authorities = UInt16(tail.isEmpty ? 0 : 1)
        var (answers, extras): ([UInt8], [UInt8]) = ([], [])
        var (answerCount, extraCount) = (UInt16(0), UInt16(0))
        let room =
            limit - Self.headerCount - question.count - tail.count - (query.edns == nil ? 0 : Self.ednsCount)
        let mostParts = limit == Self.plainLimit && query.edns == nil ? Self.plainPartLimit : Int.max
        for part in parts.prefix(mostParts) {
            var (answer, extra): ([UInt8], [UInt8]) = ([], [])
            part.record.append(to: &answer)
            part.extra?.append(to: &extra)
            guard answers.count + extras.count + answer.count + extra.count <= room, answerCount < .max else {
                break
            }
            answers += answer
            extras += extra
            answerCount += 1
            extraCount += part.extra == nil ? 0 : 1
        }
        var flags = Self.flags(code, wantsRecursion: query.wantsRecursion)
        if isAuthoritative { flags |= 0x0400 }
        if answerCount < parts.count { flags |= 0x0200 }
        var message: [UInt8] = []
        let counts = [1, answerCount, authorities, extraCount + (query.edns == nil ? 0 : 1)]
        for number in [query.id, flags] + counts { message.append(number: number) }
        message += question + answers + tail + extras
        if let edns = query.edns { append(edns, to: &message) }
        return message
    }

    private static let headerCount = 12
    private static let ednsCount = 11

    private static func flags(_ code: DNSCode, wantsRecursion: Bool) -> UInt16 {
        0x8000 | (wantsRecursion ? 0x0100 : 0) | code.rawValue & 0xF
    }

    /// The OPT record (RFC 6891 §6.1.2): our limit, the code's upper bits, version 0.
    private func append(_ edns: DNSQuery.Extension, to message: inout [UInt8]) {
        message.append(0)
        message.append(number: DNSType.opt)
        message.append(number: UInt16(Self.datagramLimit))
        message.append(UInt8(code.rawValue >> 4))
        message.append(0)
        message.append(number: UInt16(edns.wantsSignatures ? 0x8000 : 0))
        message.append(number: UInt16(0))
    }

    /// The message to somebody whose question can't be read.
    static func refusal(id: UInt16, wantsRecursion: Bool, _ code: DNSCode) -> [UInt8] {
        var message: [UInt8] = []
        for number in [id, flags(code, wantsRecursion: wantsRecursion), 0, 0, 0, 0] {
            message.append(number: number)
        }
        return message
    }
}
