import Testing

@testable import Vigie

@Suite("whether a dependency is up") struct DependencyStateTests {
    @Test(
        "two failures in a row take it down, one success brings it up; it begins down",
        arguments: [
            ("", false), ("f", false), ("s", true), ("sf", true), ("sff", false), ("sfsf", true),
            ("sffs", true),
            ("sffsf", true), ("fff", false), ("ffs", true),
        ]
    )
    func transitions(answers: String, isUp: Bool) {
        var state = DependencyState()
        for answer in answers { state.record(success: answer == "s", after: .milliseconds(1)) }
        #expect(state.isUp == isUp)
        #expect((state.latency == nil) == answers.isEmpty)
    }
}
