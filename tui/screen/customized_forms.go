package screen

import (
	"tickmark/questionnaires"
)

// customizedForm is the customized approach to a requirement: matrix and analysis of
// the entity, and what the assessor made and found of them.
func customizedForm(d *Desk, id questionnaires.RequirementID) *Form {
	type c = questionnaires.CustomizedApproach
	approach := within(answerTo(id), func(a *questionnaires.Answer) *c {
		if a.Customized == nil {
			a.Customized = &c{}
		}
		return a.Customized
	})
	return formOf(d, "Customized approach", "How the objective of "+id.String()+" is met in another way than the defined one", approach, func(p *Picture) []blank[c] {
		compensates := p.Assessment.Own(id).Compensates()
		return []blank[c]{
			line("Aspect", "Which part of the requirement it covers; nothing stands for all of it. A compensating control never covers the same part.", compensates, func(c *c) *string { return &c.Aspect }),
			controls.blank(p),
			analysisBlank(p),
			long("Description", "The customized approach, as the assessor understands it.", true, func(c *c) *string { return &c.Description }),
			long("Objective met", "How the controls meet the objective.", true, func(c *c) *string { return &c.Met }),
			references(p, "Reviewed papers", "The controls matrix, the risk analysis and other papers that were reviewed.", true, func(c *c) *[]questionnaires.ID { return &c.Reviewed }),
			derivedTests.blank(p),
			line("Who attests", "The assessors who attest to this.", true, func(c *c) *string { return &c.Assessors }),
			either("Independent", "Nobody who attests has designed, built or runs the control.", true, func(c *c) *bool { return &c.Independent }),
		}
	}).of(id)
}

// controls are the rows of a controls matrix.
var controls = repeated[questionnaires.CustomizedApproach, questionnaires.Control]{
	label: "Controls matrix", help: "The entity's controls, each with all that the matrix asks for.", one: "control", many: "controls", needed: true,
	list:   func(c *questionnaires.CustomizedApproach) *[]questionnaires.Control { return &c.Controls },
	name:   func(c questionnaires.Control) string { return c.Name },
	blanks: controlBlanks,
}

func controlBlanks(p *Picture) []blank[questionnaires.Control] {
	type c = questionnaires.Control
	var others []option
	for _, r := range p.Rows {
		others = append(others, option{value: r.Requirement.ID.String(), text: r.Requirement.ID.String(), about: r.Requirement.Title})
	}
	return []blank[c]{
		line("Name", "What the control is called.", true, func(c *c) *string { return &c.Name }),
		several("Also meets", "Other requirements that the control meets as well.", false, others, func(c *c) *[]questionnaires.RequirementID { return &c.AlsoMeets },
			questionnaires.RequirementID.String, questionnaires.ParseRequirementID),
		long("What it is", "What the control does.", true, func(c *c) *string { return &c.What }),
		line("Where", "Where it works: systems, places, people.", true, func(c *c) *string { return &c.Where }),
		line("When", "When it works, or how often.", true, func(c *c) *string { return &c.When }),
		line("Accountable", "Who answers for it.", true, func(c *c) *string { return &c.Accountable }),
		line("Operator", "Who runs and watches it.", true, func(c *c) *string { return &c.Operator }),
		line("Enhances", "Which other control it strengthens, if any.", false, func(c *c) *string { return &c.Enhances }),
		long("Meets the objective", "How it meets the objective of the requirement.", true, func(c *c) *string { return &c.Meets }),
		long("Tested", "How the entity tested it, and with what result.", true, func(c *c) *string { return &c.Tested }),
		long("Risk", "A summary of the risk analysis.", true, func(c *c) *string { return &c.Risk }),
		long("Maintained", "What keeps it working, and how failures are found and handled.", true, func(c *c) *string { return &c.Maintained }),
	}
}

// analysisBlank opens the risk analysis of a customized approach.
func analysisBlank(*Picture) blank[questionnaires.CustomizedApproach] {
	type c = questionnaires.CustomizedApproach
	part := func(c *c) *questionnaires.CustomAnalysis { return &c.Analysis }
	return blank[c]{
		place: place{label: "Risk analysis", help: "The targeted risk analysis of the customized approach (12.3.2), approved by executive management and reviewed every year.", kind: opensKind, needed: true},
		get: func(c *c) string {
			if (*part(c) == questionnaires.CustomAnalysis{}) {
				return ""
			}
			return firstLine("begun: " + part(c).Objective)
		},
		lack: func(c *c) int {
			if (*part(c) == questionnaires.CustomAnalysis{}) {
				return 0
			}
			return lacking(part(c), customAnalysisBlanks(nil))
		},
		set: func(*c, string) error { return nil },
		open: func(d *Desk, s subject[c]) Screen {
			return formOf(d, "Risk analysis", "The targeted risk analysis of the customized approach (12.3.2)", within(s, part), customAnalysisBlanks)
		},
	}
}

func customAnalysisBlanks(*Picture) []blank[questionnaires.CustomAnalysis] {
	type a = questionnaires.CustomAnalysis
	changes := []option{
		{value: questionnaires.LessLikely.String(), text: "less likely than the defined way"},
		{value: questionnaires.AsLikely.String(), text: "as likely"},
		{value: questionnaires.MoreLikely.String(), text: "more likely"},
		{text: "not stated", about: "takes the choice back"},
	}
	return []blank[a]{
		long("Objective", "The objective of the requirement.", true, func(a *a) *string { return &a.Objective }),
		long("Mischief", "What the requirement prevents.", true, func(a *a) *string { return &a.Mischief }),
		long("What changes", "Which parts of the requirement the customized approach changes.", true, func(a *a) *string { return &a.Changes }),
		long("Prevention", "How the mischief is prevented now.", true, func(a *a) *string { return &a.Prevention }),
		long("Factors", "What makes the mischief more or less likely.", true, func(a *a) *string { return &a.Factors }),
		long("Why it may remain", "Why it may still happen.", true, func(a *a) *string { return &a.Remains }),
		choice("Likelihood", "How the likelihood changes against the defined way.", true, changes,
			func(a *a) string { return a.Likelihood.String() }, func(a *a, text string) error { return a.Likelihood.UnmarshalText([]byte(text)) }),
		long("Reasoning", "Why the likelihood is so.", true, func(a *a) *string { return &a.Reasoning }),
		line("Numbers stored", "The most account numbers that are stored at one time.", true, func(a *a) *string { return &a.Stored }),
		line("Numbers processed", "The account numbers that pass through.", true, func(a *a) *string { return &a.Processed }),
		long("Impact reduced", "How the controls cut the number at risk, or how soon a loss is noticed.", true, func(a *a) *string { return &a.Reduction }),
		line("Approved by", "Who of executive management approved the analysis.", true, func(a *a) *string { return &a.Approver }),
		day("Approved on", "When it was approved.", true, func(a *a) *questionnaires.Day { return &a.Approved }),
		day("Review by", "When it is reviewed next, within a year.", true, func(a *a) *questionnaires.Day { return &a.ReviewBy }),
	}
}

// derivedTests are the testing procedures that the assessor made.
var derivedTests = repeated[questionnaires.CustomizedApproach, questionnaires.DerivedTest]{
	label: "Derived tests", help: "The assessor's own testing procedures: at least one that shows the objective met, and one that shows the control stays effective.",
	one: "derived test", many: "derived tests", needed: true,
	list:   func(c *questionnaires.CustomizedApproach) *[]questionnaires.DerivedTest { return &c.Tests },
	name:   func(t questionnaires.DerivedTest) string { return firstLine(t.Procedure) },
	blanks: derivedTestBlanks,
}

func derivedTestBlanks(p *Picture) []blank[questionnaires.DerivedTest] {
	type t = questionnaires.DerivedTest
	purposes := []option{
		{value: questionnaires.MeetsObjective.String(), text: "shows that the objective is met"},
		{value: questionnaires.StaysEffective.String(), text: "shows that the control stays effective"},
		{text: "not stated", about: "takes the choice back"},
	}
	return []blank[t]{
		choice("Purpose", "What the test is to show.", true, purposes, func(t *t) string { return t.Purpose.String() }, func(t *t, text string) error { return t.Purpose.UnmarshalText([]byte(text)) }),
		long("Procedure", "What is done to test.", true, func(t *t) *string { return &t.Procedure }),
		long("Tested", "What it was done on.", true, func(t *t) *string { return &t.Tested }),
		references(p, "References", "The evidence of the test.", true, func(t *t) *[]questionnaires.ID { return &t.References }),
		long("Result", "What the test showed.", true, func(t *t) *string { return &t.Result }),
	}
}
