package screen

import (
	"context"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// requestNamed finds a request of an assessment; the zero Request where it has none.
func requestNamed(a *questionnaires.Assessment, id questionnaires.ID) questionnaires.Request {
	all := a.Requests()
	if i := slices.IndexFunc(all, func(r questionnaires.Request) bool { return r.ID == id }); i >= 0 {
		return all[i]
	}
	return questionnaires.Request{ID: id}
}

// requestForm fills a request in, place by place.
func requestForm(d *Desk, id questionnaires.ID) *Form {
	request := subject[questionnaires.Request]{
		shown: func(p *Picture) questionnaires.Request { return requestNamed(p.Assessment, id) },
		of:    func(a *questionnaires.Assessment) (questionnaires.Request, error) { return requestNamed(a, id), nil },
		keep: func(a *questionnaires.Assessment, r questionnaires.Request) (questionnaires.Draft, error) {
			return a.ChangeRequest(r)
		},
	}
	r := request.shown(d.picture)
	about := "What the client is asked for. Where what was accepted asks for something else, it has to be accepted again."
	return formOf(d, r.Label(), about, request, func(p *Picture) []blank[questionnaires.Request] {
		now := request.shown(p)
		return append(requestBlanks(p, now), blank[questionnaires.Request]{
			place: place{label: "Received", help: "What came for it.", kind: opensKind},
			get:   func(r *questionnaires.Request) string { return receivedText(p, *r) },
			set:   func(*questionnaires.Request, string) error { return nil },
			open: func(d *Desk, _ subject[questionnaires.Request]) Screen {
				return newCame(d, id)
			},
		})
	})
}

// receivedText names what came for a request.
func receivedText(p *Picture, r questionnaires.Request) string {
	const most = 20
	var names []string
	for _, id := range r.Evidence[:min(len(r.Evidence), most)] {
		if item, known := p.Assessment.Evidence(id); known {
			names = append(names, item.Label())
		}
	}
	if n := len(r.Evidence) - most; n > 0 {
		names = append(names, "and "+count(n, "more", "more"))
	}
	return strings.Join(names, ", ")
}

// requestBlanks are the places of a request, as it stands now.
func requestBlanks(p *Picture, now questionnaires.Request) []blank[questionnaires.Request] {
	type r = questionnaires.Request
	var procedures []option
	for _, row := range p.Rows {
		if now.Serves(row.Requirement.ID) {
			for _, procedure := range row.Requirement.Procedures() {
				procedures = append(procedures, option{value: procedure.String(), text: procedure.String()})
			}
		}
	}
	serves := serving(p, func(r *r) *[]questionnaires.RequirementID { return &r.Requirements })
	choose := serves.set
	serves.set = func(r *r, text string) error {
		err := choose(r, text)
		r.Procedures = slices.DeleteFunc(slices.Clone(r.Procedures), func(p questionnaires.Procedure) bool { return !r.Serves(p.Requirement) })
		return err
	}
	return append([]blank[r]{
		long("Wanted", "What is wanted. Its first line is its title in lists.", true, func(r *r) *string { return &r.What }),
		serves,
		several("Procedures", "Testing procedures of those requirements, where not all are meant.", false, procedures, func(r *r) *[]questionnaires.Procedure { return &r.Procedures },
			questionnaires.Procedure.String, questionnaires.ParseProcedure),
	}, whoAndWhen()...)
}

// whoAndWhen are the places that seeding has as well.
func whoAndWhen() []blank[questionnaires.Request] {
	type r = questionnaires.Request
	return []blank[r]{
		line("Owner", "Who at the client sends it.", false, func(r *r) *string { return &r.Owner }),
		day("Due", "The last day for it.", false, func(r *r) *questionnaires.Day { return &r.Due }),
		line("System", "The system that it is about.", false, func(r *r) *string { return &r.System }),
		day("From", "The first day of the period covered.", false, func(r *r) *questionnaires.Day { return &r.From }),
		day("To", "The last day of the period covered.", false, func(r *r) *questionnaires.Day { return &r.To }),
	}
}

// askForm asks for something.
func askForm(d *Desk) tea.Cmd {
	id, err := d.NewID()
	if err != nil {
		return note(theme.Bad, err.Error())
	}
	value := &questionnaires.Request{ID: id}
	return push(heldForm(d, "New request", "Asks the client for something.", value, func(p *Picture) []blank[questionnaires.Request] {
		return requestBlanks(p, *value)
	}, sending{form: formKey("New request"), label: "ask", help: "ask for it", said: "asked for", rule: func() rule {
		asked := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.AskRequest(asked) }
	}}))
}

// seedForm asks for all that the questionnaire wants to see.
func seedForm(d *Desk) *Form {
	value := &questionnaires.Request{}
	return heldForm(d, "Seed", "Asks for all that the questionnaire wants to see: a request for each of its sections. What was asked for so before, and what does not apply, is left out. "+
		"What stands here is for all of them; the period is the assessment's and the system the scope's where nothing does.",
		value, func(*Picture) []blank[questionnaires.Request] { return whoAndWhen() },
		sending{form: formKey("Seed"), label: "seed", help: "ask for all of it", work: func(asked any) job {
			defaults := *value
			return d.signing("asked for all that the questionnaire wants to see", asked, func(a *questionnaires.Assessment) ([]questionnaires.Draft, error) {
				return a.SeedRequests(defaults, d.NewID)
			})
		}})
}

// returnForm returns what was received.
func returnForm(d *Desk, id questionnaires.ID, label string) *Form {
	value := new(string)
	return heldForm(d, "Return "+label, "Returns "+label+": what was received does not do. It stays in the vault; the client reads the reason in the next list.", value, func(*Picture) []blank[string] {
		return []blank[string]{long("Reason", "What is missing, for the client to read.", true, func(s *string) *string { return s })}
	}, sending{form: formKey("Return", string(id)), label: "return", help: "return it", said: label + " returned", rule: func() rule {
		reason := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.ReturnRequest(id, reason) }
	}})
}

// newCame lists what came for a request; more of the vault's evidence can be
// received for it.
func newCame(d *Desk, id questionnaires.ID) *Roll {
	r := requestNamed(d.picture.Assessment, id)
	s := newRoll(d, "For "+r.Label(), "What came for "+r.Label()+": "+theme.Clean(r.Title()), "Nothing came yet. r receives evidence of the vault for it.", func() []rollRow {
		var rows []rollRow
		for _, received := range requestNamed(d.picture.Assessment, id).Evidence {
			item, known := d.picture.Assessment.Evidence(received)
			if !known {
				continue
			}
			rows = append(rows, rollRow{sign: d.evidenceSign(item), name: item.Label(), text: evidenceTitle(item), about: evidenceAbout(item), keys: []Binding{
				opens("open", "what it is, where it comes from, and the document", "", func() tea.Cmd { return push(newEvidence(d, item)) }),
			}})
		}
		return rows
	})
	receive := Binding{Keys: []string{"r"}, Label: "receive", Help: "choose evidence of the vault that came for it", Why: d.fixed(), Do: func() tea.Cmd { return push(receivePick(d, id)) }}
	if receive.Why == "" && r.Withdrawn {
		receive.Why = "it was withdrawn"
	}
	s.keys = []Binding{receive}
	return s
}

// receivePick chooses evidence that came for a request.
func receivePick(d *Desk, id questionnaires.ID) *Pick {
	r := requestNamed(d.picture.Assessment, id)
	options := slices.DeleteFunc(evidenceOptions(d.picture), func(o option) bool {
		item, known := d.picture.Assessment.Evidence(questionnaires.ID(o.value))
		return !known || item.Expunged != nil || slices.Contains(r.Evidence, item.ID)
	})
	p := place{label: "Received for " + r.Label(), help: "What came for " + r.Label() + ", of all evidence of the vault.", kind: severalKind, options: options}
	return newPick(d, p, func(text string) tea.Cmd {
		var ids []questionnaires.ID
		for _, value := range strings.Fields(text) {
			ids = append(ids, questionnaires.ID(value))
		}
		return d.act("received for "+r.Label()+": "+count(len(ids), "item", "items"), nil, func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return a.ReceiveRequest(id, ids...)
		})
	})
}

// listsTo is where lists of requests are written to.
type listsTo struct {
	folder string
	open   bool
}

// sendForm writes what each owner is asked for.
func sendForm(d *Desk) *Form {
	value := &listsTo{}
	type l = listsTo
	return heldForm(d, "Send", "Writes a list for each owner into a folder outside the vault, in the clear, as a sheet and as Markdown: its requests, and nothing else of the vault. From then on their numbers never move. No file is overwritten.",
		value, func(*Picture) []blank[l] {
			return []blank[l]{
				line("Folder", "A folder that is there, as a path.", true, func(l *l) *string { return &l.folder }),
				either("Open only", "Only what the client owes: open or returned.", false, func(l *l) *bool { return &l.open }),
			}
		}, sending{form: formKey("Send"), label: "write", help: "write the lists", work: func(asked any) job {
			to := *value
			return func() changed {
				said, err := d.Files.SendRequests(context.WithoutCancel(d.ctx), d.vault, d.id, to.folder, to.open)
				if err != nil {
					return changed{err: err, asked: asked}
				}
				picture, err := d.look()
				return changed{picture: picture, err: err, said: said, asked: asked}
			}
		}})
}
