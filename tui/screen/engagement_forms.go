package screen

import (
	"tickmark/questionnaires"
)

type engagement = questionnaires.Engagement

var engagementOf = subject[engagement]{
	shown: func(p *Picture) engagement { e, _ := p.Assessment.Engagement(); return e },
	of: func(a *questionnaires.Assessment) (engagement, error) {
		e, _ := a.Engagement()
		return e, nil
	},
	keep: func(a *questionnaires.Assessment, e engagement) (questionnaires.Draft, error) {
		return a.SetEngagement(e)
	},
}

// newEngagement is the form of the engagement.
func newEngagement(d *Desk) *Form {
	return formOf(d, "Engagement", "Who assesses, when, where and how independently. It is of this assessment alone.", engagementOf, engagementBlanks)
}

func engagementBlanks(p *Picture) []blank[engagement] {
	asked := p.Assessment.Questionnaire.Scope
	e, _ := p.Assessment.Engagement()
	attested, reported := asked >= questionnaires.AttestedScope, asked >= questionnaires.ReportedScope
	return []blank[engagement]{
		assessors(attested).blank(p),
		line("QA reviewer", "Who reviews the report for quality; none of the assessors.", reported, func(e *engagement) *string { return &e.Reviewer.Name }),
		line("Reviewer's company", "Where the reviewer works.", reported, func(e *engagement) *string { return &e.Reviewer.Company }),
		line("Reviewer's credentials", "What qualifies the reviewer.", reported, func(e *engagement) *string { return &e.Reviewer.Credentials }),
		line("Company's officer", "Who signs for the company of the QSA.", reported && e.AssessedByQSA(), func(e *engagement) *string { return &e.Officer.Name }),
		line("Officer's title", "What that officer is in the company.", false, func(e *engagement) *string { return &e.Officer.Title }),
		day("Start", "The first day of the assessment.", attested, func(e *engagement) *questionnaires.Day { return &e.Start }),
		day("End", "Its last day.", attested, func(e *engagement) *questionnaires.Day { return &e.End }),
		visits.blank(p),
		remoteExtent(reported),
		remote.blank(p),
		long("Independence", "How the assessors' independence is kept.", reported, func(e *engagement) *string { return &e.Independence }),
		long("Other services", "What else the assessors' company does for the entity; \"none\" where it does nothing else.", reported, func(e *engagement) *string { return &e.OtherServices }),
		long("Subcontractors", "Who else took part; \"none\" where nobody did.", reported, func(e *engagement) *string { return &e.Subcontractors }),
		declared("First assessment", "Whether the entity is assessed against PCI DSS for the first time, whoever assesses.", false, func(e *engagement) *questionnaires.Declared { return &e.FirstYear.First }),
		long("Kept in time", "In a first assessment: the policies and procedures that keep in time from now on what recurs. With them, what was missed before is not held against what is in time now.",
			e.FirstYear.First == questionnaires.DeclaredYes, func(e *engagement) *string { return &e.FirstYear.Kept }),
		number("Years", "How many years in a row this company has assessed; the first is 1.", reported, func(e *engagement) *int { return &e.Years }),
		samplingBlank(p),
	}
}

func assessors(needed bool) repeated[engagement, questionnaires.Assessor] {
	type a = questionnaires.Assessor
	titles := map[questionnaires.AssessorRole]string{
		questionnaires.LeadAssessor: "lead assessor (QSA)", questionnaires.AssociateAssessor: "associate assessor", questionnaires.InternalAssessor: "internal assessor (ISA)",
		questionnaires.OtherAssessor: "other",
	}
	roles := []option{}
	for _, r := range questionnaires.AssessorRoles() {
		roles = append(roles, option{value: r.String(), text: titles[r]})
	}
	roles = append(roles, option{text: "not said", about: "takes the choice back"})
	return repeated[engagement, a]{
		label: "Assessors", help: "The people who assess, with their certificate numbers.", one: "assessor", many: "assessors", needed: needed,
		list: func(e *engagement) *[]a { return &e.Assessors }, name: func(a a) string { return a.Name },
		blanks: func(*Picture) []blank[a] {
			return []blank[a]{
				line("Name", "Name.", true, func(a *a) *string { return &a.Name }),
				choice("Role", "What the person does here.", true, roles, func(a *a) string { return a.Role.String() }, func(a *a, text string) error { return a.Role.UnmarshalText([]byte(text)) }),
				line("Company", "Where the person works.", true, func(a *a) *string { return &a.Company }),
				line("Certificate", "The number of the certificate, of a QSA or ISA.", false, func(a *a) *string { return &a.Certificate }),
				line("Mentor", "The mentor of an associate.", false, func(a *a) *string { return &a.Mentor }),
				line("Contact", "Telephone, e-mail.", false, func(a *a) *string { return &a.Contact }),
				long("Part", "What the person tested, or how else they helped: an attestation says it of QSA and ISA.", false, func(a *a) *string { return &a.Part }),
			}
		},
	}
}

var visits = repeated[engagement, questionnaires.Visit]{
	label: "Days on site", help: "Time on site: from a day to a day, both included.", one: "visit", many: "visits",
	list: func(e *engagement) *[]questionnaires.Visit { return &e.OnSite }, name: func(v questionnaires.Visit) string { return string(v.From) + " " + v.Place },
	blanks: func(*Picture) []blank[questionnaires.Visit] {
		type v = questionnaires.Visit
		return []blank[v]{
			day("From", "The first day.", true, func(v *v) *questionnaires.Day { return &v.From }),
			day("To", "The last day; nothing where it is one day.", false, func(v *v) *questionnaires.Day { return &v.To }),
			line("Place", "Where.", false, func(v *v) *string { return &v.Place }),
		}
	},
}

var remote = repeated[engagement, questionnaires.RemoteTesting]{
	label: "Remote testing", help: "Time in which was tested from elsewhere, with the reason.", one: "time", many: "times",
	list: func(e *engagement) *[]questionnaires.RemoteTesting { return &e.Remote }, name: func(r questionnaires.RemoteTesting) string { return string(r.From) + " " + r.Reason },
	blanks: func(*Picture) []blank[questionnaires.RemoteTesting] {
		type r = questionnaires.RemoteTesting
		return []blank[r]{
			day("From", "The first day.", true, func(r *r) *questionnaires.Day { return &r.From }),
			day("To", "The last day; nothing where it is one day.", false, func(r *r) *questionnaires.Day { return &r.To }),
			long("Reason", "Why it was not tested on site.", true, func(r *r) *string { return &r.Reason }),
			long("Extent", "What was tested so.", false, func(r *r) *string { return &r.Extent }),
		}
	},
}

// remoteExtent is the blank of how much was tested from elsewhere.
func remoteExtent(needed bool) blank[engagement] {
	var options []option
	for _, x := range questionnaires.RemoteExtents() {
		options = append(options, option{value: x.String(), text: x.Title()})
	}
	options = append(options, option{text: "not said", about: "takes the choice back"})
	return choice("Tested remotely", "Whether something was tested from elsewhere, and how much.", needed, options,
		func(e *engagement) string { return e.RemoteExtent.String() }, func(e *engagement, text string) error { return e.RemoteExtent.UnmarshalText([]byte(text)) })
}

// samplingBlank opens how samples stood for populations.
func samplingBlank(p *Picture) blank[engagement] {
	part := func(e *engagement) *questionnaires.Sampling { return &e.Sampling }
	const help = "Whether samples stood for populations, and how they were drawn."
	return blank[engagement]{
		place: place{label: "Sampling", help: help, kind: opensKind},
		get: func(e *engagement) string {
			switch e.Sampling.Used {
			case questionnaires.DeclaredYes:
				return count(len(p.Assessment.Samples()), "sample set", "sample sets")
			case questionnaires.DeclaredNo:
				return "not used"
			case questionnaires.Undeclared:
			}
			return ""
		},
		set: func(*engagement, string) error { return nil },
		open: func(d *Desk, s subject[engagement]) Screen {
			return formOf(d, "Sampling", help, within(s, part), samplingBlanks)
		},
	}
}

func samplingBlanks(p *Picture) []blank[questionnaires.Sampling] {
	type s = questionnaires.Sampling
	e, _ := p.Assessment.Engagement()
	used := e.Sampling.Used
	reported := p.Assessment.Questionnaire.Scope >= questionnaires.ReportedScope
	return []blank[s]{
		declared("Used", "Whether samples were used.", reported, func(s *s) *questionnaires.Declared { return &s.Used }),
		line("Attested by", "The assessor who says that every item was tested, where no samples were used.", used == questionnaires.DeclaredNo, func(s *s) *string { return &s.Attested }),
		long("Rationale", "Why the sizes are right and the samples representative.", used == questionnaires.DeclaredYes, func(s *s) *string { return &s.Rationale }),
		long("Standard processes", "Central processes that the sampled follow, and how they were validated; \"none\" where there are none.", used == questionnaires.DeclaredYes, func(s *s) *string { return &s.Standard }),
	}
}
