package screen

import (
	"slices"
	"strings"

	"tickmark/questionnaires"
)

// scopeOf is the scope, as a subject of forms.
func scopeOf(d *Desk) subject[questionnaires.Scope] {
	return subject[questionnaires.Scope]{
		shown: func(p *Picture) questionnaires.Scope { return p.Assessment.Scope() },
		of:    func(a *questionnaires.Assessment) (questionnaires.Scope, error) { return a.Scope(), nil },
		keep: func(a *questionnaires.Assessment, s questionnaires.Scope) (questionnaires.Draft, error) {
			return a.History().SetScope(d.Catalogue, s)
		},
	}
}

// newScope is the form of the scope.
func newScope(d *Desk) *Form {
	about := "What the assessments of this vault look at. It is shared by all of them; evidence is judged by its classes."
	return formOf(d, "Scope", about, scopeOf(d), scopeBlanks)
}

type scope = questionnaires.Scope

func scopeBlanks(p *Picture) []blank[scope] {
	asked := p.Assessment.Questionnaire.Scope
	attested, provided, reported := asked >= questionnaires.AttestedScope, asked >= questionnaires.ProvidedScope, asked >= questionnaires.ReportedScope
	s := p.Assessment.Scope()
	return []blank[scope]{
		long("Description", "What is in scope, in words: how cards are taken, where their data goes.", attested, func(s *scope) *string { return &s.Description }),
		partOf(p, "Entity", "Who is assessed: trading name, address, contact.", func(s *scope) *questionnaires.EntityDetails { return &s.Entity }, entityBlanks,
			func(e questionnaires.EntityDetails) string { return e.Contact.Name + " " + e.Address }),
		channelUses(attested && len(s.Services) == 0).blank(p),
		services(asked == questionnaires.ProvidedScope).blank(p),
		dataFlows(reported).blank(p),
		dataStores(provided && !s.Data.NothingStored).blank(p),
		references(p, "Inventory", "The evidence that lists the data stores.", reported && len(s.Data.Stores) > 0, func(s *scope) *[]questionnaires.ID { return &s.Data.Inventory }),
		either("Nothing is stored", "No account data is kept anywhere.", false, func(s *scope) *bool { return &s.Data.NothingStored }),
		references(p, "Network diagrams", "The evidence that draws the networks.", reported, func(s *scope) *[]questionnaires.ID { return &s.Environment.Diagrams }),
		networks(reported).blank(p),
		locations(attested).blank(p),
		components(provided).blank(p),
		products(reported && !s.Environment.NoProducts).blank(p),
		either("No listed products", "Nothing that PCI SSC lists is in use.", false, func(s *scope) *bool { return &s.Environment.NoProducts }),
		partOf(p, "Segmentation", "What keeps systems out of scope. Without it the network is flat and all of it in scope.", func(s *scope) *questionnaires.Segmentation { return &s.Segmentation }, segmentationBlanks,
			func(s questionnaires.Segmentation) string { return "used: " + s.Used.String() }),
		thirdParties(attested && !s.NoThirdParties).blank(p),
		either("No third parties", "Account data is shared with no service provider, and none could affect its security.", false, func(s *scope) *bool { return &s.NoThirdParties }),
		partOf(p, "Confirmation", "How the scope was found to be right (12.5.2), at least once a year.", func(s *scope) *questionnaires.ScopeConfirmation { return &s.Confirmation }, confirmationBlanks,
			func(c questionnaires.ScopeConfirmation) string { return c.By + " " + string(c.On) }),
		classes.blank(p),
		lines("Trusted registries", "Prefixes of image names that are trusted, one a line.", func(s *scope) *[]string { return &s.TrustedRegistries }),
		connections.blank(p),
		limits,
		number("Age of Secrets", "For how many days the values of a Secret may stay as they are, by your own risk analysis. Nothing is 365.", false, func(s *scope) *int { return &s.Thresholds.SecretDays }),
		number("Age of scans", "How many days old what a scanner reports may be. Nothing is 92.", false, func(s *scope) *int { return &s.Thresholds.ScanDays }),
	}
}

// limits is the blank of how many may do what checks count.
var limits = blank[scope]{
	place: place{label: "Limits of access", help: "How many may do what a check counts before a person has to look, as CHECK=N, one a line: secrets-read-by-few=5. Nothing is 3.", kind: longKind},
	get:   func(s *scope) string { return strings.Join(s.Thresholds.Lines(), "\n") },
	set: func(s *scope, text string) error {
		given, err := questionnaires.ParseLimits(slices.DeleteFunc(strings.Split(text, "\n"), func(line string) bool { return strings.TrimSpace(line) == "" }))
		if err == nil {
			s.Thresholds.Limits = given
		}
		return err
	},
}

// partOf is a blank that opens a form of its own about a part.
func partOf[T any, R comparable](p *Picture, label, help string, part func(*T) *R, blanks func(*Picture) []blank[R], says func(R) string) blank[T] {
	return blank[T]{
		place: place{label: label, help: help, kind: opensKind},
		get: func(t *T) string {
			var empty R
			if *part(t) == empty {
				return ""
			}
			return strings.TrimSpace("begun  " + says(*part(t)))
		},
		set:  func(*T, string) error { return nil },
		lack: func(t *T) int { return lacking(part(t), blanks(p)) },
		open: func(d *Desk, s subject[T]) Screen { return formOf(d, label, help, within(s, part), blanks) },
	}
}

func entityBlanks(p *Picture) []blank[questionnaires.EntityDetails] {
	type e = questionnaires.EntityDetails
	asked := p.Assessment.Questionnaire.Scope
	attested := asked >= questionnaires.AttestedScope
	return []blank[e]{
		line("Trading as", "The name it does business under, if another than "+p.Assessment.Entity+".", false, func(e *e) *string { return &e.TradingAs }),
		long("Address", "Its main address.", attested, func(e *e) *string { return &e.Address }),
		line("Website", "Its website.", false, func(e *e) *string { return &e.Website }),
		long("Business", "The nature of its business.", asked >= questionnaires.ReportedScope, func(e *e) *string { return &e.Business }),
		long("Functions", "What it does that touches account data, or could affect its security.", asked >= questionnaires.ReportedScope, func(e *e) *string { return &e.Functions }),
		line("Contact", "Whom to ask: name.", attested, func(e *e) *string { return &e.Contact.Name }),
		line("Contact's title", "What that person does.", false, func(e *e) *string { return &e.Contact.Title }),
		line("Contact's telephone", "Telephone, or the e-mail below.", false, func(e *e) *string { return &e.Contact.Telephone }),
		line("Contact's e-mail", "E-mail, or the telephone above.", false, func(e *e) *string { return &e.Contact.Email }),
	}
}

func segmentationBlanks(p *Picture) []blank[questionnaires.Segmentation] {
	type s = questionnaires.Segmentation
	asked := p.Assessment.Questionnaire.Scope
	used := p.Assessment.Scope().Segmentation.Used == questionnaires.DeclaredYes
	checked := used && asked >= questionnaires.ReportedScope
	return []blank[s]{
		declared("Used", "Whether segmentation keeps systems out of scope.", asked >= questionnaires.AttestedScope, func(s *s) *questionnaires.Declared { return &s.Used }),
		long("How it is built", "What separates, and where.", used, func(s *s) *string { return &s.Built }),
		long("Excludes", "What is out of scope because of it.", used, func(s *s) *string { return &s.Excludes }),
		line("Attested by", "The assessor who found it adequate, or the whole network covered.", asked >= questionnaires.ReportedScope, func(s *s) *string { return &s.Attested }),
		long("Checked", "How that assessor found that it keeps apart what it is to keep apart.", checked, func(s *s) *string { return &s.Checked }),
		declared("Assessed", "Whether what segments was itself assessed.", checked, func(s *s) *questionnaires.Declared { return &s.Assessed }),
	}
}

func confirmationBlanks(p *Picture) []blank[questionnaires.ScopeConfirmation] {
	type c = questionnaires.ScopeConfirmation
	asked := p.Assessment.Questionnaire.Scope
	provided, reported := asked >= questionnaires.ProvidedScope, asked >= questionnaires.ReportedScope
	return []blank[c]{
		line("Confirmed by", "Who of the entity confirmed it.", provided, func(c *c) *string { return &c.By }),
		day("Confirmed on", "When it was confirmed last.", provided, func(c *c) *questionnaires.Day { return &c.On }),
		long("Method", "How the assessor validated it.", reported, func(c *c) *string { return &c.Method }),
		line("Assessor", "Who did.", reported, func(c *c) *string { return &c.Assessor }),
		long("Difference", "What differs from the entity's own scope; \"none\" where nothing does.", reported, func(c *c) *string { return &c.Difference }),
		long("Excluded", "What was left out of the assessment, and why; \"none\" where nothing was.", reported, func(c *c) *string { return &c.Excluded }),
		long("Reduced by", "What made the scope smaller, beside segmentation: tokens, point-to-point encryption; \"none\" where nothing did.", reported, func(c *c) *string { return &c.Reduced }),
		declared("SAQ criteria", "Whether the eligibility criteria of a self-assessment decided what applies.", reported, func(c *c) *questionnaires.Declared { return &c.Criteria }),
		long("Criteria met", "Of which self-assessment they are, and how it was found that they are met.", reported && p.Assessment.Scope().Confirmation.Criteria == questionnaires.DeclaredYes, func(c *c) *string { return &c.CriteriaMet }),
	}
}

func channelUses(needed bool) repeated[scope, questionnaires.ChannelUse] {
	type u = questionnaires.ChannelUse
	var options []option
	for _, c := range questionnaires.PaymentChannels() {
		options = append(options, option{value: c.String(), text: c.Title()})
	}
	return repeated[scope, u]{
		label: "Payment channels", help: "The ways by which payments come in, and what is done with cards there.", one: "channel", many: "channels", needed: needed, whole: true,
		list: func(s *scope) *[]u { return &s.Channels }, name: func(u u) string { return u.Channel.Title() },
		blanks: func(*Picture) []blank[u] {
			return []blank[u]{
				choice("Channel", "Which one.", true, options, func(u *u) string { return u.Channel.String() }, func(u *u, text string) error { return u.Channel.UnmarshalText([]byte(text)) }),
				long("Role with cards", "How card data is received, passed on and stored there.", false, func(u *u) *string { return &u.Role }),
				long("Left out", "Why this assessment does not cover it; nothing where it does.", false, func(u *u) *string { return &u.LeftOut }),
			}
		},
	}
}

func services(needed bool) repeated[scope, questionnaires.AssessedService] {
	type v = questionnaires.AssessedService
	return repeated[scope, v]{
		label: "Services", help: "The services that the entity offers to others, assessed or left out with the reason.", one: "service", many: "services", needed: needed,
		list: func(s *scope) *[]v { return &s.Services }, name: func(v v) string { return v.Name },
		blanks: func(p *Picture) []blank[v] {
			return []blank[v]{
				line("Name", "What it is called.", true, func(v *v) *string { return &v.Name }),
				line("Type", "As attestations group them: hosting, payment gateway, managed services.", false, func(v *v) *string { return &v.Type }),
				long("Role", "What it does with card data.", false, func(v *v) *string { return &v.Role }),
				declared("Affects security", "Whether it could affect the security of account data.", false, func(v *v) *questionnaires.Declared { return &v.Affects }),
				long("How it could", "How it could affect the security of account data, if it could.", false, func(v *v) *string { return &v.Impact }),
				long("Left out", "Why this assessment does not cover it; nothing where it does.", false, func(v *v) *string { return &v.LeftOut }),
				exceptions.blank(p),
			}
		},
	}
}

func thirdParties(needed bool) repeated[scope, questionnaires.ThirdParty] {
	type t = questionnaires.ThirdParty
	return repeated[scope, t]{
		label: "Third parties", help: "Service providers that account data is shared with, or that could affect its security (12.8).", one: "third party", many: "third parties", needed: needed,
		list: func(s *scope) *[]t { return &s.ThirdParties }, name: func(t t) string { return t.Name },
		blanks: func(p *Picture) []blank[t] {
			return []blank[t]{
				line("Name", "What it is called.", true, func(t *t) *string { return &t.Name }),
				long("Data shared", "Which account data is shared with it; \"none\" where it only affects security.", true, func(t *t) *string { return &t.Data }),
				long("Purpose", "What it has them for.", true, func(t *t) *string { return &t.Purpose }),
				long("Services", "Which of its services its attestation covers.", true, func(t *t) *string { return &t.Services }),
				does,
				either("Covered here", "It has no attestation of its own: this assessment covers its services.", false, func(t *t) *bool { return &t.CoveredHere }),
				day("AOC date", "The date of its Attestation of Compliance.", false, func(t *t) *questionnaires.Day { return &t.Attestation.Date }),
				line("AOC version", "The version of PCI DSS that it was attested against.", false, func(t *t) *string { return &t.Attestation.Version }),
				duties.blank(p),
			}
		},
	}
}

// does is the blank of what a third party has to do with account data.
var does = several("What it does", "Which of these it does, all of them: an attestation asks for each whether any third party does.", true, involvementOptions(),
	func(t *questionnaires.ThirdParty) *[]questionnaires.Involvement { return &t.Does }, questionnaires.Involvement.String, func(text string) (in questionnaires.Involvement, err error) {
		err = in.UnmarshalText([]byte(text))
		return in, err
	})

func involvementOptions() []option {
	var options []option
	for _, in := range questionnaires.Involvements() {
		options = append(options, option{value: in.String(), text: in.String(), about: in.Title()})
	}
	return options
}

var duties = repeated[questionnaires.ThirdParty, questionnaires.ThirdPartyDuty]{
	label: "Responsibilities", help: "Who answers for a requirement, or for all in a branch such as 9.5 (12.8.5).", one: "responsibility", many: "responsibilities", whole: true,
	whose: func(t *questionnaires.ThirdParty) string { return t.Name },
	list:  func(t *questionnaires.ThirdParty) *[]questionnaires.ThirdPartyDuty { return &t.Duties },
	name:  func(d questionnaires.ThirdPartyDuty) string { return d.Requirement.String() + "  " + d.Party.String() },
	blanks: func(*Picture) []blank[questionnaires.ThirdPartyDuty] {
		type d = questionnaires.ThirdPartyDuty
		return []blank[d]{
			requirement(func(d *d) *questionnaires.RequirementID { return &d.Requirement }),
			choice("Held by", "The third party (provider), the entity (customer), or both.", true, partyOptions(), func(d *d) string { return partyText(d.Party) },
				func(d *d, text string) error { return setParty(&d.Party, text) }),
			long("Note", "How it is shared, where both answer.", false, func(d *d) *string { return &d.Note }),
		}
	},
}

// requirement is the blank for a requirement's number, or that of a branch.
func requirement[T any](of func(*T) *questionnaires.RequirementID) blank[T] {
	return blank[T]{
		place: place{label: "Requirement", help: "Its number, or that of a branch such as 9.5.", kind: lineKind, needed: true},
		get: func(t *T) string {
			if of(t).IsZero() {
				return ""
			}
			return of(t).String()
		},
		set: func(t *T, text string) (err error) {
			*of(t), err = questionnaires.ParseRequirementID(strings.TrimSpace(text))
			return err
		},
	}
}

var exceptions = repeated[questionnaires.AssessedService, questionnaires.ServiceException]{
	label: "Exceptions", help: "Where the answer of the assessment does not hold for this service.", one: "exception", many: "exceptions", whole: true,
	whose: func(v *questionnaires.AssessedService) string { return v.Name },
	list:  func(v *questionnaires.AssessedService) *[]questionnaires.ServiceException { return &v.Exceptions },
	name: func(e questionnaires.ServiceException) string {
		return e.Requirement.String() + "  " + e.Response.Title()
	},
	blanks: func(*Picture) []blank[questionnaires.ServiceException] {
		type e = questionnaires.ServiceException
		var options []option
		for _, r := range questionnaires.Responses() {
			options = append(options, option{value: r.String(), text: r.Title()})
		}
		return []blank[e]{
			requirement(func(e *e) *questionnaires.RequirementID { return &e.Requirement }),
			choice("Response", "How this service stands to it.", true, options, func(e *e) string {
				if e.Response == questionnaires.Unanswered {
					return ""
				}
				return e.Response.String()
			}, func(e *e, text string) error { return e.Response.UnmarshalText([]byte(text)) }),
			long("Reason", "Why it does not stand as the whole assessment does.", true, func(e *e) *string { return &e.Reason }),
		}
	},
}
