package screen

import "tickmark/questionnaires"

// own is the detail of an activity, of which it makes a copy first: what is shown and
// what is typed share nothing.
func own[T any](at **T) *T {
	var copied T
	if *at != nil {
		copied = **at
	}
	*at = &copied
	return &copied
}

func asvBlanks() []blank[questionnaires.Activity] {
	type t = questionnaires.Activity
	scan := func(t *t) *questionnaires.ASVScan { return own(&t.ASVScan) }
	return []blank[t]{
		line("Vendor", "The Approved Scanning Vendor.", true, func(t *t) *string { return &scan(t).Vendor }),
		line("Certificate", "The number of the vendor's certificate.", true, func(t *t) *string { return &scan(t).Certificate }),
		line("Attestation", "The number of its attestation of scan compliance.", true, func(t *t) *string { return &scan(t).Attestation }),
		long("Scope", "What was scanned.", false, func(t *t) *string { return &scan(t).Scope }),
		result("Result", "What the first scan came to, as the vendor says.", true, func(t *t) *questionnaires.TestResult { return &scan(t).Result }),
		again("rescan", false, func(t *t) *[]questionnaires.Rescan { return &scan(t).Rescans }).blank(nil),
		disputes(func(t *t) *[]questionnaires.ScanDispute { return &scan(t).Disputes }).blank(nil),
	}
}

func disputes(list func(*questionnaires.Activity) *[]questionnaires.ScanDispute) repeated[questionnaires.Activity, questionnaires.ScanDispute] {
	type s = questionnaires.ScanDispute
	options := []option{{value: questionnaires.DisputeOpen.String(), text: "open"}, {value: questionnaires.DisputeAccepted.String(), text: "accepted"}, {value: questionnaires.DisputeRejected.String(), text: "rejected"}}
	return repeated[questionnaires.Activity, s]{
		label: "Disputes", help: "Findings that were disputed with the vendor. By itself that makes no scan pass.", one: "dispute", many: "disputes", list: list,
		name:  func(s s) string { return s.What },
		whose: func(t *questionnaires.Activity) string { return string(t.ID) },
		blanks: func(*Picture) []blank[s] {
			return []blank[s]{
				line("Finding", "What is disputed.", true, func(s *s) *string { return &s.What }),
				choice("Outcome", "What the vendor decided.", false, options, func(s *s) string { return s.Outcome.String() }, func(s *s, text string) error { return s.Outcome.UnmarshalText([]byte(text)) }),
				long("Note", "Whatever else is to be said of it.", false, func(s *s) *string { return &s.Note }),
			}
		},
	}
}

func internalScanBlanks() []blank[questionnaires.Activity] {
	type t = questionnaires.Activity
	scan := func(t *t) *questionnaires.InternalScan { return own(&t.InternalScan) }
	all := []blank[t]{
		line("Scanned by", "Who scanned.", true, func(t *t) *string { return &scan(t).By }),
		line("Tool", "With what.", false, func(t *t) *string { return &scan(t).Tool }),
		long("Scope", "What was scanned.", false, func(t *t) *string { return &scan(t).Scope }),
		declared("Authenticated", "Whether the scan logged in to what it scanned (11.3.1.2).", true, func(t *t) *questionnaires.Declared { return &scan(t).Authenticated }),
		declared("Independent", "Whether who scanned is independent of who runs what was scanned.", false, func(t *t) *questionnaires.Declared { return &scan(t).Independent }),
	}
	all = append(all, severities("were found", true, func(t *t) *questionnaires.Severities { return &scan(t).Found })...)
	return append(all, again("rescan", true, func(t *t) *[]questionnaires.Rescan { return &scan(t).Rescans }).blank(nil))
}

func securityTestBlanks() []blank[questionnaires.Activity] {
	type t = questionnaires.Activity
	test := func(t *t) *questionnaires.SecurityTest { return own(&t.Test) }
	from := []option{
		{value: questionnaires.FromInside.String(), text: questionnaires.FromInside.Title()},
		{value: questionnaires.FromOutside.String(), text: questionnaires.FromOutside.Title()},
		{value: questionnaires.FromBothSides.String(), text: questionnaires.FromBothSides.Title()},
		{text: "not said", about: "takes the choice back"},
	}
	all := []blank[t]{
		line("Tester", "Who tested.", true, func(t *t) *string { return &test(t).Tester }),
		declared("Own tester", "Whether the tester is the entity's own.", true, func(t *t) *questionnaires.Declared { return &test(t).Own }),
		declared("Independent", "Whether the tester is independent of who runs what was tested.", true, func(t *t) *questionnaires.Declared { return &test(t).Independent }),
		long("Qualification", "What qualifies the tester.", true, func(t *t) *string { return &test(t).Qualification }),
		choice("Made from", "Where it was made from: 11.4.2 asks for inside, 11.4.3 for outside.", true, from, func(t *t) string { return test(t).From.String() },
			func(t *t, text string) error { return test(t).From.UnmarshalText([]byte(text)) }),
		long("Scope", "What was tested.", true, func(t *t) *string { return &test(t).Scope }),
		long("Method", "How it was tested.", true, func(t *t) *string { return &test(t).Method }),
		declared("Live", "Whether running systems were attacked. What is computed from policies or drawings is no test.", true, func(t *t) *questionnaires.Declared { return &test(t).Live }),
		result("Result", "What it came to.", true, func(t *t) *questionnaires.TestResult { return &test(t).Result }),
	}
	all = append(all, severities("were found", true, func(t *t) *questionnaires.Severities { return &test(t).Found })...)
	return append(all, again("retest", false, func(t *t) *[]questionnaires.Rescan { return &test(t).Retests }).blank(nil))
}

func attestationBlanks(p *Picture) []blank[questionnaires.Activity] {
	type t = questionnaires.Activity
	aoc := func(t *t) *questionnaires.ComplianceAttestation { return own(&t.Attestation) }
	var parties []option
	for _, party := range p.Assessment.Scope().ThirdParties {
		parties = append(parties, option{value: party.Name, text: party.Name, about: party.Services})
	}
	return []blank[t]{
		choice("Third party", "Whose it is, of those that the scope lists.", true, parties, func(t *t) string { return aoc(t).Party }, func(t *t, text string) error { aoc(t).Party = text; return nil }),
		line("Assessor", "Who attested it.", true, func(t *t) *string { return &aoc(t).Assessor }),
		line("Version", "The version of PCI DSS, such as 4.0.1.", true, func(t *t) *string { return &aoc(t).Version }),
		long("Services", "The services that it covers.", true, func(t *t) *string { return &aoc(t).Services }),
		declared("Covers all", "Whether they are all that the entity uses.", true, func(t *t) *questionnaires.Declared { return &aoc(t).Covers }),
		long("Not covered", "Services that are used and not covered.", false, func(t *t) *string { return &aoc(t).Uncovered }),
	}
}

func trainingBlanks() []blank[questionnaires.Activity] {
	type t = questionnaires.Activity
	training := func(t *t) *questionnaires.Training { return own(&t.Training) }
	return []blank[t]{
		long("Topic", "What it was about.", true, func(t *t) *string { return &training(t).Topic }),
		long("Audience", "Who had to be trained.", true, func(t *t) *string { return &training(t).Audience }),
		counted("Population", "How many they are.", true, func(t *t) **int { return &training(t).Population }),
		counted("Trained", "How many of them were trained.", true, func(t *t) **int { return &training(t).Trained }),
		line("Trainer", "Who trained them.", false, func(t *t) *string { return &training(t).By }),
	}
}

func policyReviewBlanks() []blank[questionnaires.Activity] {
	type t = questionnaires.Activity
	review := func(t *t) *questionnaires.PolicyReview { return own(&t.PolicyReview) }
	return []blank[t]{
		line("Policy", "Which policy was reviewed.", true, func(t *t) *string { return &review(t).Policy }),
		line("Version", "Its version.", true, func(t *t) *string { return &review(t).Version }),
		line("Approver", "Who approved it.", true, func(t *t) *string { return &review(t).Approver }),
	}
}
