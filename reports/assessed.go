package reports

import "slices"

// assessed are the chapters of the record of an assessment per testing procedure: the
// facts of a report in seven sections, and what a reader weighs one by one in
// appendices.
func (c *composer) assessed() []func() []Block {
	return slices.Concat(
		[]func() []Block{c.cover, c.about, c.openProblems}, parted(c.sections()), parted(c.appendices()), []func() []Block{c.signatures},
	)
}

func (c *composer) sections() []part {
	return []part{
		section("1", "Contacts, dates and result", "Who was assessed and by whom, when, and what it came to.", c.entity, c.assessors, c.days, c.stage, c.summary, c.result),
		section("2", "The business", "How the entity takes payments and what it does for others, and what of that is not assessed here.", c.business, c.channels, c.services),
		section("3", "Scope and how it was validated", c.described(), c.confirmation, c.segmentation, c.classes, c.declared, c.products, c.eligibility, c.moves),
		section("4", "The environment", "Where account data comes, goes and stays, and what holds it.", c.diagrams, c.cardData, c.networks, c.locations, c.components, c.thirdParties, c.responsibilities),
		section("5", "Scans and tests", "", body(c.scans, "No scan and no test is recorded.")),
		section("6", "Evidence and samples", "What the findings rest on: how samples were drawn, what was asked for and received, and what could not be seen.", c.sampling, c.keeping, c.requests, c.sight, c.evidence),
		section("7", "Findings", c.responsesIntro(), c.findings).numbered(),
	}
}

func (c *composer) appendices() []part {
	return []part{
		appendix("A", "Additional requirements", "What is asked of some entities only, with its findings.", c.additional).numbered(),
		appendix("B", "Compensating controls", "", c.compensating),
		appendix("C", "Customized approach", "", c.customized),
		appendix("D", "Examination of the segmentation", "", c.segmentation, c.examined),
		appendix("E", "Not Applicable and Not Tested", "What does not apply and what was left out, each with its reason.", titled("Not Applicable", c.notApplicable), titled("Not Tested", c.notTested)),
		appendix("F", "Not in Place", "What is missing, and what is planned.", c.remedies),
		appendix("G", "Risks", "", body(c.analyses, ""), c.acceptances),
		appendix("H", "Evaluation details", "", body(c.details, "")),
		appendix("I", "People and history", "", body(c.history, "")),
	}
}
