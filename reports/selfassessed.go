package reports

import "slices"

// selfAssessed are the chapters of a self-assessment's record. What a reader weighs one
// by one stands in appendices.
func (c *composer) selfAssessed() []func() []Block {
	appendices := []part{
		appendix("A", "Additional requirements", "What the standard asks of some entities only.", c.additional).numbered(),
		appendix("B", "Compensating controls", "", titled("Worksheets", c.compensating), titled("Customized approach", c.customized)),
		appendix("C", "Requirements Not Applicable", "", c.notApplicable),
		appendix("D", "Requirements Not Tested", "", c.notTested),
		appendix("E", "Requirements Not in Place", "", c.remedies),
	}
	if c.Assessment.Questionnaire.Own() {
		appendices = appendices[1:] // what PCI DSS adds is no part of it
	}
	return slices.Concat(
		[]func() []Block{
			c.cover, c.about, c.summary, c.result, c.openProblems, c.stage, c.engagement, c.scope, c.environment, c.segments, c.thirdParties, c.sight,
			c.responses,
		},
		parted(appendices),
		[]func() []Block{
			c.analyses, c.acceptances, c.eligibility, c.moves, c.responsibilities, c.scans, c.requests, c.evidence, c.details, c.history, c.signatures,
		},
	)
}
