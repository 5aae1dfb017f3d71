package screen

import (
	"cmp"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/tui/list"
	"tickmark/tui/theme"
)

// panel is a part of the question's screen. Where there is room the answer stands
// left of one of the others, else they are pages.
type panel int

const (
	answerPanel     panel = iota
	proceduresPanel       // only where the form asks per testing procedure
	suggestionPanel
	attachedPanel
	historyPanel
	notesPanel
	licensedPanel // only where there is licensed text of the question
	panels
)

// Question is one requirement: what is asked, what the evidence says, and what a
// person answers. Whatever is changed is saved at once; nothing is preselected.
type Question struct {
	desk       *Desk
	id         questionnaires.RequirementID
	focus      panel
	side       panel   // what stands at the right where there is room
	choice     int     // the response under the cursor, which is not one chosen
	writer     *writer // of the narrative
	parts      []part
	procedures []questionnaires.ProcedureAnswer // where the form asks for them
	sides      [panels]*list.List[sideRow]
	sideWidth  int // the width that the rows of the sides are broken for
	beside
}

// failuresRead is what only the question that asked understands.
type failuresRead struct {
	question *Question
	failures map[engine.Digest][]engine.Detail
	err      error
}

func newQuestion(d *Desk, id questionnaires.RequirementID) *Question {
	s := &Question{desk: d, id: id, side: suggestionPanel, sideWidth: 60}
	s.writer = newWriter(func(string) string { return s.row().Current.Narrative }, s.save)
	for p := range s.sides {
		s.sides[p] = list.New(func(r sideRow) string { return r.text }).Passing(func(r sideRow) bool { return r.aside })
	}
	if s.perProcedure() {
		s.side = proceduresPanel
	}
	s.choice = max(0, slices.Index(s.responses(), s.row().Current.Response))
	s.refresh()
	return s
}

func (s *Question) row() Row { return s.desk.picture.Row(s.id) }

func (s *Question) responses() []questionnaires.Response {
	return s.desk.picture.Assessment.Questionnaire.Responses
}

// Start reads which subjects failed, to name them beside the suggestion, and what was
// answered before.
func (s *Question) Start() tea.Cmd {
	return tea.Batch(s.readFailures(), s.readRevisions(), s.readLicensed())
}

func (s *Question) readFailures() tea.Cmd {
	suggestion, v, ctx := s.row().Suggestion, s.desk.vault, s.desk.ctx
	return func() tea.Msg {
		failures := map[engine.Digest][]engine.Detail{}
		for _, p := range suggestion.Procedures {
			for _, reason := range slices.Concat(p.Why, p.Leads) {
				source := reason.Evidence.Result
				if source.Failed+source.Unknown == 0 || reason.Evidence.Expunged != nil {
					continue
				}
				result, err := source.Read(v.Documents(ctx))
				if err != nil {
					return failuresRead{question: s, err: err}
				}
				failures[source.Digest] = worstDetails(result)
			}
		}
		return failuresRead{question: s, failures: failures}
	}
}

// namedFailures is how many subjects are named beside a suggestion; the evidence
// itself names all.
const namedFailures = 3

// worstDetails returns the first details of a result that failed or, if none did,
// could not be seen.
func worstDetails(result engine.Result) []engine.Detail {
	var named []engine.Detail
	for _, verdict := range []engine.Verdict{engine.Fail, engine.Unknown} {
		for _, detail := range result.Details {
			if detail.Verdict == verdict && len(named) < namedFailures {
				named = append(named, detail)
			}
		}
	}
	return named
}

// Update follows the assessment, and gives keys to the narrative's field.
func (s *Question) Update(msg tea.Msg) tea.Cmd {
	cmd := s.desk.take(msg)
	switch msg := msg.(type) {
	case changed:
		cmd = tea.Batch(cmd, s.writer.update(msg))
		s.refresh()
		return tea.Batch(cmd, s.readRevisions())
	case paused, written:
		return s.writer.update(msg)
	case failuresRead:
		if msg.question == s {
			s.failures, s.err = msg.failures, cmp.Or(msg.err, s.err)
			s.refresh()
		}
	case licensedRead:
		if msg.question == s {
			s.licensed, s.err = msg.text, cmp.Or(msg.err, s.err)
			s.refresh()
		}
	case revisionsRead:
		if msg.question == s {
			s.revisions, s.err = msg.revisions, cmp.Or(msg.err, s.err)
			s.refresh()
		}
	case tea.KeyMsg:
		return s.writer.key(msg)
	}
	return cmd
}

// Head names the requirement.
func (s *Question) Head() Head {
	h := s.desk.head(s.id.String())
	return s.writer.head(s.desk, h)
}

// narrative is the place that a question's writer writes.
const narrative = "narrative"

// Leave saves what is being written.
func (s *Question) Leave() tea.Cmd { return s.writer.leave("narrative saved") }

// Busy reports whether something is being saved, or written elsewhere.
func (s *Question) Busy() bool { return s.writer.away != "" || s.desk.busy() }

// save is the work that saves the narrative.
func (s *Question) save(place, text, said string) tea.Cmd {
	return s.desk.change(s.id, said, kept{s.writer, place, text}, func(a *questionnaires.Answer) { a.Narrative = text })
}

// edit gives the keys to the narrative.
func (s *Question) edit() tea.Cmd {
	s.focus = answerPanel
	return s.writer.begin(narrative, false)
}

// choose answers with the response under the cursor.
func (s *Question) choose() tea.Cmd {
	responses := s.responses()
	if s.choice >= len(responses) {
		return nil
	}
	response := responses[s.choice]
	if s.row().Current.Response == response {
		return note(theme.Muted, "it is answered "+response.Title()+" already")
	}
	cmd := s.desk.change(s.id, s.id.String()+" answered: "+responseSign(response).text(), nil, func(a *questionnaires.Answer) { a.Response = response })
	if response == questionnaires.InPlaceWithCCW {
		return tea.Batch(cmd, push(worksheetForm(s.desk, s.id))) // the response is half of it
	}
	return cmd
}

// attach attaches the evidence under the cursor to the answer, or detaches it.
func (s *Question) attach() tea.Cmd {
	item, chosen := s.selectedEvidence()
	if !chosen {
		return nil
	}
	attached := slices.Contains(s.row().Current.Evidence, item.ID)
	said := item.Label() + " attached to " + s.id.String()
	if attached {
		said = item.Label() + " detached from " + s.id.String()
	}
	return s.desk.change(s.id, said, nil, func(a *questionnaires.Answer) {
		a.Evidence = slices.DeleteFunc(slices.Clone(a.Evidence), func(id questionnaires.ID) bool { return id == item.ID })
		if !attached {
			a.Evidence = append(a.Evidence, item.ID)
		}
	})
}

func (s *Question) selectedEvidence() (questionnaires.Evidence, bool) {
	if s.focus == answerPanel {
		return questionnaires.Evidence{}, false
	}
	r, chosen := s.sides[s.focus].Selected()
	if !chosen || r.evidence == nil {
		return questionnaires.Evidence{}, false
	}
	return *r.evidence, true
}

// turn goes to the next panel, or the one before.
func (s *Question) turn(by int) tea.Cmd {
	s.focus = panel((int(s.focus) + by + int(panels)) % int(panels))
	if s.focus == proceduresPanel && !s.perProcedure() || s.focus == licensedPanel && !s.hasLicensed() {
		return s.turn(by)
	}
	if s.focus != answerPanel {
		s.side = s.focus
	}
	return nil
}
