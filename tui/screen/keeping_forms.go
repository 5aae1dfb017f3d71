package screen

import (
	"context"
	"strings"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/vault"
)

// retentionForm says how long the workpapers are kept, place by place.
func retentionForm(d *Desk) *Form {
	type r = questionnaires.Retention
	set := func(k questionnaires.Keeping) r {
		if k.ByRule {
			k.Until = ""
		}
		return k.Retention
	}
	retention := subject[r]{
		shown: func(p *Picture) r { return set(p.Keeping) },
		of: func(a *questionnaires.Assessment) (r, error) {
			k, err := a.Keeping()
			return set(k), err
		},
		keep: func(a *questionnaires.Assessment, value r) (questionnaires.Draft, error) {
			return a.SetRetention(value)
		},
	}
	return formOf(d, "Retention", "Where a QSA took part the workpapers are kept for three years after the issue, unless a later day stands here. Else a day has to be set.", retention, func(p *Picture) []blank[r] {
		reported := p.Assessment.Questionnaire.Scope >= questionnaires.ReportedScope
		return []blank[r]{
			day("Until", "The last day on which they are kept; nothing stands for the rule.", false, func(v *r) *questionnaires.Day { return &v.Until }),
			line("Custodian", "Who keeps them.", reported, func(v *r) *string { return &v.Custodian }),
			line("Place", "Where they are kept.", reported, func(v *r) *string { return &v.Place }),
			long("Protection", "How they are protected there.", reported, func(v *r) *string { return &v.Protection }),
			line("Attested by", "The assessor who attests that they are kept so, and given out on the Council's request.", reported, func(v *r) *string { return &v.Attested }),
		}
	})
}

// holdForm puts the assessment under a legal hold, or releases it.
func holdForm(d *Desk, on bool) *Form {
	crumb, about, label, said := "Legal hold", "Nothing of the assessment goes while it is under legal hold, whatever day has come.", "hold", "the assessment is under legal hold"
	if !on {
		crumb, about, label, said = "Release", "Releases the assessment from its legal hold: what is past its day may go then.", "release", "the legal hold is released"
	}
	value := new(string)
	return heldForm(d, crumb, about, value, func(*Picture) []blank[string] {
		return []blank[string]{line("Reason", "Why, in one line. It stays and is signed.", true, func(s *string) *string { return s })}
	}, sending{form: formKey(crumb), label: label, help: label + " it", said: said, rule: func() rule {
		reason := *value
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) { return a.Hold(on, reason) }
	}})
}

// giving is what a person fills in of a Giving.
type giving struct {
	Giving
	to string // one a line
}

func (g giving) whole() Giving {
	whole := g.Giving
	for line := range strings.Lines(g.to) {
		if line = strings.TrimSpace(line); line != "" {
			whole.To = append(whole.To, line)
		}
	}
	return whole
}

// to, label and file are the places that all who are given a vault have.
func to(help string) blank[giving] {
	return long("To", help+" One a line: a key (age1..., ssh-...), a file of keys, or a card.", true, func(g *giving) *string { return &g.to })
}

func whose() blank[giving] {
	return line("Whose", "Whose the keys are, for people; a card and an SSH key say so themselves.", false, func(g *giving) *string { return &g.Label })
}

func copyTo() blank[giving] {
	return line("File", "The file to be written, which must not be there.", true, func(g *giving) *string { return &g.File })
}

// care is what the desk's Care does to a vault.
type care func(context.Context, *vault.Vault, Giving, func(engine.Progress)) (Said, error)

// caringForm asks what a care needs, does that, and shows what it said in the end.
func caringForm[T any](d *Desk, crumb, about, label string, value *T, blanks []blank[T], do func(context.Context, func(engine.Progress)) (Said, error)) *Form {
	var said Said
	return heldForm(d, crumb, about, value, func(*Picture) []blank[T] { return blanks }, sending{
		form: formKey(crumb), label: label, help: label + ", as it stands here",
		lasts: func() lasting {
			return func(ctx context.Context, tell func(engine.Progress)) (string, error) {
				outcome, err := do(ctx, func(p engine.Progress) {
					p.Source = crumb
					tell(p)
				})
				said = outcome
				return "", err
			}
		},
		then: func() Screen { return newSaid(d, crumb, said) },
	})
}

// givingForm asks to whom something is given, and gives it.
func givingForm(d *Desk, crumb, about, label string, give care, blanks ...blank[giving]) *Form {
	value, v := &giving{}, d.vault
	return caringForm(d, crumb, about, label, value, blanks, func(ctx context.Context, tell func(engine.Progress)) (Said, error) {
		return give(ctx, v, value.whole(), tell)
	})
}

// newSaid shows what something said when it had ended.
func newSaid(d *Desk, crumb string, said Said) *Roll {
	help := "✓ It is done."
	if said.Attention {
		help = "! It is done, and something needs you."
	}
	return newRoll(d, crumb, help, "", func() []rollRow {
		var rows []rollRow
		for _, line := range said.Lines {
			line = strings.TrimRight(line, "\n")
			rows = append(rows, rollRow{text: line, about: line})
		}
		return rows
	})
}

func archiveForm(d *Desk) *Form {
	return givingForm(d, "Archive", "Reads the whole vault, seals a compact copy of it to the archive alone, and opens that afresh. Nothing is withheld: internal notes are workpapers of the same house.", "archive", d.Care.Archive,
		to("Whom the archive is sealed to, and nobody else."), whose(), copyTo(),
		line("Rehearse with", "A file with an identity of the archive, to open it with. Without one your own is tried; where nobody here can open it, whoever holds the key has to.", false, func(g *giving) *string { return &g.Rehearse }))
}

func handoffForm(d *Desk) *Form {
	return givingForm(d, "Handoff", "Writes a copy of the vault that the next team opens. What internal notes say stays behind, and what somebody began to write and did not send.", "hand off", d.Care.HandOff,
		to("The next team."), whose(), copyTo(),
		line("Author", "The card of somebody of the next team, who is enrolled first so that they can write.", false, func(g *giving) *string { return &g.Author }),
		line("Note", "Why, for the next team and the journal.", false, func(g *giving) *string { return &g.Note }),
		either("Keep ours", "Yes seals the copy to the present recipients as well.", false, func(g *giving) *bool { return &g.Keep }),
		either("With the text", "Yes gives the licensed text as well, which the next team needs a licence for.", false, func(g *giving) *bool { return &g.WithText }))
}

func mergeForm(d *Desk) *Form {
	value, v, merge := &Taking{}, d.vault, d.Care.Merge
	blanks := []blank[Taking]{
		line("File", "The other copy of this vault, as a path.", true, func(t *Taking) *string { return &t.File }),
		line("Identity", "A file with an identity that opens the other copy, where yours does not.", false, func(t *Taking) *string { return &t.Identity }),
	}
	return caringForm(d, "Merge", "Takes in what another copy of this vault has and this one has not. The other is only read, nothing is signed, and what was answered on both sides becomes a problem that a person settles.", "merge", value, blanks, func(ctx context.Context, tell func(engine.Progress)) (Said, error) {
		return merge(ctx, v, *value, tell)
	})
}

func recipientForm(d *Desk) *Form {
	return givingForm(d, "New recipient", "Seals the vault to others as well, with a fresh key.", "add", d.Care.AddRecipients, to("Who opens the vault from now on, too."), whose())
}

// removeForm seals the vault to all but one.
func removeForm(d *Desk, r vault.Recipient) *Form {
	value, v, remove := new(bool), d.vault, d.Care.RemoveRecipient
	blanks := []blank[bool]{either("Sure", "Yes: "+r.Name()+" opens the vault no more. Copies that were made before stay readable to them.", true, func(b *bool) *bool { return b })}
	return caringForm(d, "Without "+r.Name(), "Seals the vault to the others alone, with a fresh key.", "seal", value, blanks, func(ctx context.Context, tell func(engine.Progress)) (Said, error) {
		return remove(ctx, v, r, tell)
	})
}

func enrolForm(d *Desk) *Form {
	value := &named{}
	return fileForm(d, "Enrol", "Enrols the author of a card, so that their entries count. Compare the fingerprint with them by voice.", "The card, as a path.", value, sending{label: "enrol", help: "enrol the author", said: "enrolled: compare the fingerprint by voice", rule: func() rule {
		path := value.path
		return func(a *questionnaires.Assessment) (questionnaires.Draft, error) {
			return d.Care.Enrol(path, a.History())
		}
	}})
}
