package screen

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"tickmark/questionnaires"
	"tickmark/tui/theme"
)

// newKeeping is how the workpapers are kept, and to whom they are given.
func newKeeping(d *Desk) *Roll {
	return newRoll(d, "Keeping", "How long the workpapers of this assessment are kept, by whom and where; and who opens the vault, its archive and the copies that were handed off.", "", func() []rollRow {
		rows := []rollRow{d.retentionRow(), d.holdRow(), d.pastRow(), d.archiveRow(), d.recipientsRow(), d.authorsRow(), d.handoffRow(), d.mergeRow()}
		for i := range rows {
			rows[i].about = strings.TrimSpace(rows[i].about)
		}
		return rows
	})
}

func (d *Desk) retentionRow() rollRow {
	k := d.picture.Keeping
	r := rollRow{name: "Retention", sign: sign{"·", "no day", theme.Muted}, text: k.Why, keys: []Binding{
		opens("set", "say how long the workpapers are kept, by whom and where", "", func() tea.Cmd { return push(retentionForm(d)) }),
	}}
	today := questionnaires.DayOf(d.Now())
	switch {
	case k.Until == "":
	case today > k.Until:
		r.sign, r.text = sign{"!", "over", theme.Warning}, "ended with "+string(k.Until)+": "+k.Why
	default:
		r.sign, r.text = sign{"✓", "kept", theme.Good}, "to the end of "+string(k.Until)+": "+k.Why
	}
	who := k.Custodian
	if who == "" {
		who = "nobody is named"
	}
	where := k.Place
	if where == "" {
		where = "no place is named"
	}
	r.about = "Custodian: " + who + ". Kept at: " + where + ". Its day: " + k.Why
	for _, conflict := range k.Conflicts {
		r.sign, r.about = sign{"!", "in conflict", theme.Warning}, r.about+". Conflict: "+conflict
	}
	return r
}

func (d *Desk) holdRow() rollRow {
	k := d.picture.Keeping
	r := rollRow{name: "Legal hold", sign: sign{"–", "none", theme.Muted}, text: "nothing is held beyond its day", keys: []Binding{
		opens("hold", "put the assessment under legal hold: nothing of it goes", d.fixed(), func() tea.Cmd { return push(holdForm(d, true)) }),
	}}
	if k.Held != nil {
		r.sign, r.text = sign{"!", "held", theme.Warning}, k.Held.String()
		r.keys[0] = opens("release", "release the assessment from its legal hold", d.fixed(), func() tea.Cmd { return push(holdForm(d, false)) })
	}
	for _, l := range k.Holds {
		what := "Released"
		if l.On {
			what = "Held"
		}
		r.about += what + " " + l.String() + ". "
	}
	return r
}

func (d *Desk) pastRow() rollRow {
	return rollRow{name: "Past retention", text: "what may go today, and why the rest stays", about: "Lists what serves no assessment whose retention is not over. Nothing goes before you say so; a tombstone stays of each.", keys: []Binding{
		opens("list", "list what may go today", "", d.openPast),
	}}
}

// careless says why something cannot be given out here.
func (d *Desk) careless(there bool) string {
	if d.fixed() == "" && !there {
		return "nothing writes copies here"
	}
	return d.fixed()
}

func (d *Desk) archiveRow() rollRow {
	r := rollRow{name: "Archive", sign: sign{"–", "none", theme.Muted}, text: "not archived", about: "Reads the whole vault, seals a compact copy of it to the archive's recipients, and rehearses opening that. Nothing is withheld.", keys: []Binding{
		opens("archive", "put the engagement into the archive, and rehearse opening it", d.careless(d.Care.Archive != nil), func() tea.Cmd { return push(archiveForm(d)) }),
	}}
	all := d.picture.Archives
	if len(all) == 0 {
		return r
	}
	last := all[len(all)-1]
	r.sign, r.text = sign{"✓", count(len(all), "archive", "archives"), theme.Good}, "last "+since(last.Time, d.Now())+", to "+namesOf(last.Recipients)
	r.about = ""
	for _, a := range all {
		r.about += fmt.Sprintf("%s by %s, to %s, head %s. ", stamp(a.Time), a.Author.Name, namesOf(a.Recipients), a.Head.Short())
	}
	return r
}

func (d *Desk) recipientsRow() rollRow {
	all := d.vault.Recipients()
	r := rollRow{name: "Recipients", sign: sign{"✓", count(len(all), "key", "keys"), theme.Good}, text: "who opens the vault", keys: []Binding{
		opens("list", "whom the vault is sealed to", "", func() tea.Cmd { return push(newRecipients(d)) }),
	}}
	if len(all) == 1 {
		r.sign, r.about = sign{"!", "one key", theme.Warning}, oneKey
	}
	return r
}

// oneKey warns of a vault that one key alone opens.
const oneKey = "One key alone opens the vault, and a lost key is lost workpapers: name another recipient."

func (d *Desk) authorsRow() rollRow {
	all := d.picture.Assessment.History().EnrolledAuthors()
	return rollRow{name: "Authors", sign: sign{"✓", count(len(all), "person", "people"), theme.Good}, text: "whose entries count", keys: []Binding{
		opens("list", "who may write, and who enrolled them", "", func() tea.Cmd { return push(newAuthors(d)) }),
	}}
}

func (d *Desk) handoffRow() rollRow {
	r := rollRow{name: "Handoff", sign: sign{"–", "none", theme.Muted}, text: "given to nobody", about: "Writes a copy that the next team opens. What internal notes say stays behind, and the licensed text unless that is asked for.", keys: []Binding{
		opens("hand off", "give a copy of the vault to the next team", d.careless(d.Care.HandOff != nil), func() tea.Cmd { return push(handoffForm(d)) }),
	}}
	all := d.picture.Handoffs
	if len(all) == 0 {
		return r
	}
	last := all[len(all)-1]
	r.sign, r.text = sign{"✓", count(len(all), "copy", "copies"), theme.Good}, "last "+since(last.Time, d.Now())+", to "+namesOf(last.Recipients)
	r.about = ""
	h := d.picture.Assessment.History()
	for _, given := range all {
		by, _ := h.Author(given.Author)
		r.about += fmt.Sprintf("%s by %s, to %s. %s ", stamp(given.Time), by.Name, namesOf(given.Recipients), given.Note)
	}
	return r
}

// newRecipients lists whom the vault is sealed to.
func newRecipients(d *Desk) *Roll {
	s := newRoll(d, "Recipients", "Whom the vault is sealed to. Every change writes it anew with a fresh key; copies that were made before stay readable to those who could read them.", "", func() []rollRow {
		all := d.vault.Recipients()
		rows := make([]rollRow, len(all))
		for i, one := range all {
			name := one.Name()
			out := Binding{Keys: []string{"x"}, Label: "take out", Help: "seal the vault to the others alone; asked first", Why: d.careless(d.Care.RemoveRecipient != nil), Do: func() tea.Cmd { return push(removeForm(d, one)) }}
			if out.Why == "" && len(all) == 1 {
				out.Why = "it is the only one"
			}
			about := one.Text
			if len(all) == 1 {
				about = strings.TrimSpace(oneKey + " " + about)
			}
			rows[i] = rollRow{sign: sign{"●", one.Kind.String(), theme.Good}, name: name, text: one.Text, about: about, keys: []Binding{out}}
		}
		return rows
	})
	s.keys = []Binding{{Keys: []string{"a"}, Label: "add", Help: "seal the vault to another as well", Why: d.careless(d.Care.AddRecipients != nil), Do: func() tea.Cmd { return push(recipientForm(d)) }}}
	return s
}

// newAuthors lists who may write.
func newAuthors(d *Desk) *Roll {
	s := newRoll(d, "Authors", "Those whose entries count as verified. An author gives you a card, a file that `tickmark identity card` makes, and reads you its fingerprint by voice.", "", func() []rollRow {
		var rows []rollRow
		for _, e := range d.picture.Assessment.History().EnrolledAuthors() {
			mark := sign{"✓", "verified", theme.Good}
			if !e.Verified {
				mark = sign{"✗", "not verified", theme.Bad}
			}
			by := "enrolled " + stamp(e.Time) + " by " + e.By.Name
			rows = append(rows, rollRow{sign: mark, name: e.Author.Name, short: e.Author.Fingerprint(), text: by, about: "Fingerprint " + e.Author.Fingerprint() + ", to be compared with " + e.Author.Name + " by voice; " + by})
		}
		return rows
	})
	s.keys = []Binding{{Keys: []string{"a"}, Label: "enrol", Help: "enrol the author of a card", Why: d.careless(d.Care.Enrol != nil), Do: func() tea.Cmd { return push(enrolForm(d)) }}}
	return s
}

func (d *Desk) mergeRow() rollRow {
	return rollRow{name: "Merge", text: "take in what another copy of the vault has", about: "Takes in a copy that comes back after both were worked on, such as the one that was handed to the next team. Nothing is lost and nothing is decided.", keys: []Binding{
		opens("merge", "take in what another copy of the vault has", d.careless(d.Care.Merge != nil), func() tea.Cmd { return push(mergeForm(d)) }),
	}}
}
