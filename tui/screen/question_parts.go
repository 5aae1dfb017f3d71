package screen

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// part is what an answer has beside response and narrative, where it applies: one
// line, and the key that opens it.
type part struct {
	label string
	sign  sign
	text  string
	key   Binding
}

// refreshParts makes the parts of what the desk knows.
func (s *Question) refreshParts(r Row) {
	own := s.desk.picture.Assessment.Own(s.id).Answer
	form := s.desk.picture.Assessment.Questionnaire
	response := r.Current.Response
	proposal, proposes := s.desk.picture.Assessment.Proposal(r.Requirement)
	s.parts = nil
	for _, p := range []struct {
		applies bool
		make    func() part
	}{
		{proposes && (response != proposal.Response || strings.TrimSpace(r.Current.Narrative) == ""), func() part { return s.proposalPart(proposal) }},
		{!r.Current.Inherited.IsZero(), func() part { return s.inheritedPart(r) }},
		{own.Subtree && own.Response == questionnaires.NotApplicable, func() part { return s.subtreePart(own) }},
		{own.Worksheet != questionnaires.Worksheet{} || response == questionnaires.InPlaceWithCCW, func() part { return s.worksheetPart(own) }},
		{response == questionnaires.NotInPlace, func() part { return s.remedyPart(own) }},
		{response == questionnaires.NotTested, func() part { return s.untestedPart(own) }},
		{form.DescribesResults && response != questionnaires.Unanswered, func() part { return s.resultsPart(own) }},
		{own.Customized != nil, func() part { return s.customizedPart(own) }},
		{r.Requirement.Analysis != questionnaires.NoAnalysis, func() part { return s.analysisPart(r, own) }},
	} {
		if p.applies {
			s.parts = append(s.parts, p.make())
		}
	}
	for _, share := range s.desk.picture.Assessment.ThirdPartyDuties(s.id) {
		s.parts = append(s.parts, part{label: "Held by", sign: sign{"✓", share.Party.String(), theme.Plain}, text: share.ThirdParty + ", by the scope. " + share.Note})
	}
	for _, held := range s.desk.picture.Held[s.id] {
		s.parts = append(s.parts, s.heldPart(held))
	}
}

// partKeys are the keys of the parts, and of those that could be begun.
func (s *Question) partKeys() []Binding {
	var keys []Binding
	taken := map[string]bool{}
	for _, p := range s.parts {
		if len(p.key.Keys) > 0 && !taken[p.key.Keys[0]] {
			taken[p.key.Keys[0]] = true
			keys = append(keys, p.key)
		}
	}
	for _, b := range s.beginnings() {
		if !taken[b.Keys[0]] {
			keys = append(keys, b)
		}
	}
	return keys
}

// beginnings are the keys of what is not there yet. They stay in the help.
func (s *Question) beginnings() []Binding {
	open := func(key, help, why string, form func() *Form) Binding {
		if fixed := s.desk.fixed(); fixed != "" {
			why = fixed
		}
		return Binding{Keys: []string{key}, Help: help, Why: why, Do: func() tea.Cmd { return push(form()) }}
	}
	r, form := s.row(), s.desk.picture.Assessment.Questionnaire
	found := slices.ContainsFunc(s.procedures, func(p questionnaires.ProcedureAnswer) bool { return p.Finding != questionnaires.Unanswered })
	sheet := ""
	switch {
	case !form.PerProcedure:
		sheet = "a worksheet belongs to In Place with CCW: choose that first"
	case !found:
		sheet = "a worksheet belongs to a finding: report a testing procedure first"
	}
	keys := []Binding{
		open("w", "the compensating control worksheet", sheet, func() *Form { return worksheetForm(s.desk, s.id) }),
		open("s", "Not Applicable for all below an id, with one reason", s.noSubtree(), func() *Form { return subtreeForm(s.desk, s.id) }),
	}
	if form.PerProcedure {
		why := ""
		switch {
		case !r.Requirement.Customized:
			why = "the standard does not allow the customized approach for it"
		case !found:
			why = "it belongs to a finding: report a testing procedure first"
		}
		keys = append(keys, open("C", "the customized approach: controls matrix, risk analysis, derived tests", why, func() *Form { return customizedForm(s.desk, s.id) }))
	}
	if form.DescribesResults {
		keys = append(keys, open("R", "the description of results", "", func() *Form { return resultsForm(s.desk, s.id) }))
	}
	return keys
}

// partKey opens a form.
func (s *Question) partKey(key, label, help string, form func() *Form) Binding {
	return Binding{Keys: []string{key}, Label: label, Help: help, Why: s.desk.fixed(), Do: func() tea.Cmd { return push(form()) }}
}

func filled(missing int, whole string) sign {
	if missing > 0 {
		return sign{"!", count(missing, "missing", "missing"), theme.Warning}
	}
	return sign{"✓", whole, theme.Good}
}

// textSign is the state of a part that is one text.
func textSign(text, whole string) sign {
	if strings.TrimSpace(text) == "" {
		return sign{"!", "missing", theme.Warning}
	}
	return sign{"✓", whole, theme.Good}
}

func (s *Question) proposalPart(p questionnaires.Proposal) part {
	return part{label: "Proposed", sign: responseSign(p.Response), text: p.Reason, key: Binding{
		Keys: []string{"T"}, Label: "take over", Help: "take the proposal over: the response with its reason", Why: s.desk.fixed(), Do: func() tea.Cmd { return s.takeOver(p) },
	}}
}

// takeOver answers as the standard proposes, because a person pressed the key. What
// was written stays.
func (s *Question) takeOver(p questionnaires.Proposal) tea.Cmd {
	perProcedure := s.desk.picture.Assessment.Questionnaire.PerProcedure
	return s.desk.act(s.id.String()+" answered: "+responseSign(p.Response).text(), nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
		answer := a.Own(s.id).Answer
		answer.Requirement, answer.Response = s.id, p.Response
		if strings.TrimSpace(answer.Narrative) == "" {
			answer.Narrative = p.Reason
		}
		if perProcedure {
			answer.Procedures = a.Procedures(s.id)
			for i := range answer.Procedures {
				answer.Procedures[i].Finding = p.Response
				if strings.TrimSpace(answer.Procedures[i].Reporting) == "" {
					answer.Procedures[i].Reporting = p.Reason
				}
			}
		}
		return a.Answer(answer)
	})
}

func (s *Question) inheritedPart(r Row) part {
	text := "with all below " + r.Current.Inherited.String() + ", by " + r.Current.Author.Name
	return part{
		label: "Inherited", sign: responseSign(questionnaires.NotApplicable), text: text,
		key: s.partKey("s", "all below", "change what is Not Applicable with all below", func() *Form { return subtreeForm(s.desk, s.id) }),
	}
}

func (s *Question) subtreePart(own questionnaires.Answer) part {
	return part{
		label: "All below", sign: responseSign(questionnaires.NotApplicable), text: below(s.desk.picture, own.Requirement),
		key: s.partKey("s", "all below", "change what is Not Applicable with all below", func() *Form { return subtreeForm(s.desk, s.id) }),
	}
}

func (s *Question) worksheetPart(own questionnaires.Answer) part {
	return part{
		label: "Worksheet", sign: filled(len(own.Worksheet.Missing()), "whole"), text: own.Worksheet.Definition,
		key: s.partKey("w", "worksheet", "the compensating control worksheet", func() *Form { return worksheetForm(s.desk, s.id) }),
	}
}

func (s *Question) remedyPart(own questionnaires.Answer) part {
	p := part{label: "Target", key: s.partKey("t", "target", "target date, action plan, legal restriction", func() *Form { return remedyForm(s.desk, s.id) })}
	remedy := own.Remedy
	switch {
	case remedy.Legal && strings.TrimSpace(remedy.Law) == "":
		p.sign, p.text = sign{"!", "no law", theme.Warning}, "a legal restriction without the law it comes from"
	case remedy.Legal:
		p.sign, p.text = sign{"✓", "legal restriction", theme.Warning}, remedy.Law
	case remedy.Target == "":
		p.sign, p.text = sign{"!", "no target date", theme.Warning}, remedy.Plan
	default:
		p.sign, p.text = sign{"✓", "by " + string(remedy.Target), theme.Good}, remedy.Plan
	}
	return p
}

func (s *Question) untestedPart(own questionnaires.Answer) part {
	return part{
		label: "Left out", sign: textSign(own.Untested, "named"), text: "makes the assessment partial. " + own.Untested,
		key: s.partKey("t", "left out", "what was not tested", func() *Form { return untestedForm(s.desk, s.id) }),
	}
}

func (s *Question) resultsPart(own questionnaires.Answer) part {
	return part{
		label: "Results", sign: textSign(own.Results, "described"), text: own.Results,
		key: s.partKey("R", "results", "the description of results", func() *Form { return resultsForm(s.desk, s.id) }),
	}
}

func (s *Question) customizedPart(own questionnaires.Answer) part {
	return part{
		label: "Customized", sign: filled(len(own.Customized.Missing()), "whole"), text: own.Customized.Description,
		key: s.partKey("C", "customized", "the customized approach: controls matrix, risk analysis, derived tests", func() *Form { return customizedForm(s.desk, s.id) }),
	}
}

// analysisPart is the targeted risk analysis that sets a frequency, or may.
func (s *Question) analysisPart(r Row, own questionnaires.Answer) part {
	known := s.desk.picture.analysesOf(s.id)
	p := part{label: "Frequency", sign: sign{"!", "no risk analysis", theme.Warning}, text: "a targeted risk analysis (12.3.1) sets it"}
	if r.Requirement.Analysis == questionnaires.AnalysisMay {
		p.sign, p.text = sign{"·", "as given", theme.Muted}, "a targeted risk analysis (12.3.1) may set another"
		if own.RiskBased {
			p.sign, p.text = sign{"!", "no risk analysis", theme.Warning}, "a targeted risk analysis sets it"
		}
	}
	if len(known) > 0 {
		p.sign, p.text = analysisSign(known[0]), analysisText(known[0])
	}
	p.key = Binding{Keys: []string{"f"}, Label: "frequency", Help: "the targeted risk analysis that sets the frequency", Why: s.desk.fixed(), Do: func() tea.Cmd { return openFrequency(s.desk, r.Requirement) }}
	return p
}

// drawParts are the parts as lines, as many as there is room for.
func (s *Question) drawParts(c Canvas, room int) []string {
	lines := make([]string, 0, len(s.parts))
	for i, p := range s.parts {
		if i == room-1 && len(s.parts) > room {
			return append(lines, strings.Repeat(" ", labels)+c.Theme.Paint(theme.Muted, "… "+count(len(s.parts)-i, "more part", "more parts")+"; ? shows the keys"))
		}
		key := ""
		if len(p.key.Keys) > 0 && p.key.Why == "" {
			key = c.Theme.Paint(theme.Key, p.key.Keys[0]) + " "
		}
		lines = append(lines, c.Theme.Paint(theme.Heading, theme.Fit(p.label, labels))+theme.Cut(key+p.sign.paint(c.Theme)+"  "+theme.Clean(p.text), c.Width-labels))
	}
	return lines
}
