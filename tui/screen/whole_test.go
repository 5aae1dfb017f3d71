package screen_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/require"

	"tickmark/questionnaires"
	"tickmark/tui/tuitest"
	"tickmark/vault"
)

// typist fills forms at a desk, place by place.
type typist struct{ *tuitest.Driver }

// room goes to a room by what the list of rooms says about it.
func (d typist) room(about string) typist {
	d.Press(":", "/").Type(about).Press("enter", "enter")
	return d
}

// at opens the place of a form that a word names.
func (d typist) at(name string) typist {
	place(d.Driver, name)
	return d
}

// up leaves what at opened, and the filter that led to it.
func (d typist) up() typist {
	d.Press("esc", "esc")
	return d
}

// out leaves a record, its list, and the filter that led to it.
func (d typist) out() typist {
	d.Press("esc", "esc", "esc")
	return d
}

// home leaves everything that is open.
func (d typist) home() typist {
	d.Press("esc", "esc", "esc", "esc", "esc").Shows("Answered")
	return d
}

// line fills a place of one line.
func (d typist) line(name, text string) typist {
	filled(d.Driver, name, text)
	return d
}

// long fills a place of many lines.
func (d typist) long(name, text string) typist {
	d.at(name).Type(text)
	return d.up()
}

// pick chooses one of a place's options.
func (d typist) pick(name, option string) typist {
	d.at(name).Press("/").Type(option).Press("enter", "enter", "esc")
	return d
}

// engagementDesk is the desk of an engagement, at which several people sit in turn.
type engagementDesk struct {
	*merchant
	t      *testing.T
	people map[string]*questionnaires.Signer
	leaves func()
}

// sits lets somebody sit down at the desk, and whoever sat there leave.
func (e *engagementDesk) sits(name string) typist {
	e.t.Helper()
	if e.leaves != nil {
		e.leaves()
	}
	d, leaves := e.merchant.sits(e.t, e.people[name], 120, 40)
	e.leaves = leaves
	return typist{d}
}

// A Report on Compliance from its scope to its issue, an amendment, the archive, and the
// next year's opened from it, typed at the desk by three people.
func TestAnEngagementIsTyped(t *testing.T) {
	m := newEntity(t, 0, "roc")
	m.folders()
	m.cared(t)
	e := &engagementDesk{merchant: m, t: t, people: map[string]*questionnaires.Signer{}}
	for _, name := range []string{"Ines Okonjo", "Jonas Hald", "Per Haugen"} {
		e.people[name] = person(t, name)
		m.enrol(t, e.people[name])
	}
	d := e.sits("Ines Okonjo")
	e.typePaper(d, "Security standard", "The rules of the house.")
	typeScope(d)
	typeEngagement(d)
	typeRetention(d)
	e.typeRequests(d)
	typeInterview(d)
	e.typeSamples(d)
	typePenetrationTest(d)
	typeAnalyses(d, m.Catalogue)
	e.typeAnswers(d, "Doc-1", first)
	d = e.sits("Jonas Hald")
	e.typePaper(d, "Binder of the operators", "How the systems are run, and by whom.")
	e.typeAnswers(d, "Doc-2", func(s questionnaires.Section) bool { return !first(s) && !s.Principal().IsZero() })
	m.look(t, func(a *questionnaires.Assessment) { require.Empty(t, a.ProblemsOn("2026-11-20")) })

	// two review each other, and Per what both brought
	d = e.sits("Ines Okonjo")
	stages(d.Driver).Press("c")
	d.line("result", "Non-Compliant").line("person", "Ines Okonjo").Press("S", "s").Shows("in lead review now")
	e.typeReviews(d, func(s questionnaires.Section) bool { return !first(s) && !s.Principal().IsZero() })
	e.typeReviews(e.sits("Per Haugen"), func(s questionnaires.Section) bool { return s == questionnaires.EvidenceSection })
	d = e.sits("Jonas Hald")
	e.typeReviews(d, func(s questionnaires.Section) bool {
		return s != questionnaires.EvidenceSection && (first(s) || s.Principal().IsZero())
	})
	stages(d.Driver).Press("o").Shows("QA, version 1, 0 of 18 sections passed")

	// QA, and the issue
	d = e.sits("Per Haugen")
	e.typeReviews(d, func(questionnaires.Section) bool { return true })
	stages(d.Driver).Press("I", "I").Shows("issued as version 1", "issued, version 1, on 2026-11-20 by Per Haugen")

	// an amendment
	eight := func(s questionnaires.Section) bool { return s == "requirement-8" }
	amended := func(s questionnaires.Section) bool { return eight(s) || s == questionnaires.EngagementSection }
	d = e.sits("Jonas Hald")
	stages(d.Driver).Press("m")
	d.long("reason", "The plan was changed.").Press("S").Shows("fieldwork, version 2: The plan was changed.")
	d.home()
	question(d.Driver, "8.3.9").Press("t")
	d.at("plan").Type("A second factor is being rolled out. ")
	d.up().home()
	stages(d.Driver).Press("s")
	e.typeReviews(d, func(s questionnaires.Section) bool { return s == questionnaires.EngagementSection })
	e.typeReviews(e.sits("Ines Okonjo"), eight)
	d = e.sits("Jonas Hald")
	stages(d.Driver).Press("o").Shows("QA, version 2")
	d = e.sits("Per Haugen")
	e.typeReviews(d, amended)
	stages(d.Driver).Press("I", "I").Shows("issued as version 2", "Version 1", "Version 2")

	// kept for three years, and put into the archive
	d = e.sits("Ines Okonjo")
	e.typeArchive(d)

	// the next year
	d.room("those of this vault").Press("n").Shows("Next year", "No answer, reason, sample or evidence is carried")
	d.line("name", "2027").Press("S").Shows("opened", "2027")
	d.Press("/").Type("2027").Press("enter", "enter").Shows("Answered 0 of 260", "parts to be confirmed")
	d.room("to be confirmed").Shows("! to be confirmed", "Req-41").Press("R").Shows("confirmed: requests", "✓ confirmed")
	d.home()
	question(d.Driver, "8.3.9").Shows("unanswered")
}

// first are the sections that Ines answers.
func first(s questionnaires.Section) bool {
	return slices.Contains([]questionnaires.Section{"requirement-1", "requirement-2", "requirement-3", "requirement-4", "requirement-5", "requirement-6"}, s)
}

// typeScope fills the scope of the vault.
func typeScope(d typist) {
	d.room("entity, channels, third parties")
	d.long("Description", "The order system and the offices that run it.")
	d.at("Entity").long("Address", "Hafengasse 4, Lund, Sweden").long("Business", "Takes orders for shops, and passes account data on to a processor.").
		long("Functions", "The order page and the desk that answers for orders.").
		line("Contact", "Mara Lindqvist").line("Contact's e-mail", "mara@copperline.example").up()
	d.at("Payment channels").Press("a")
	d.pick("Channel", "e-commerce").long("Role with cards", "Receives account data and passes it on.").Press("S", "esc", "esc")
	d.at("Data flows").Press("a")
	d.line("Name", "Order").pick("Channel", "e-commerce").long("Elements", "Number and expiry").long("Description", "From the page to the processor.").pick("Diagrams", "Doc-1").up().out()
	d.at("Data stores").Press("a")
	d.line("Name", "orders").line("Kind", "Database").long("Fields", "orders: number, expiry").long("Elements", "Number and expiry").long("Secured", "Encrypted by field").
		long("Access log", "In the central log").pick("Sensitive data", "no").out()
	d.pick("Inventory", "Doc-1").up()
	d.pick("Network diagrams", "Doc-1").up()
	d.at("Networks").Press("a")
	d.line("Name", "Orders").pick("Account data", "yes").long("Purpose", "Takes orders").out()
	d.at("Locations").Press("a")
	d.line("Type", "Data centre").line("Number", "1").line("Place", "Lund, Sweden").out()
	d.at("Components").Press("a")
	d.line("Type", "Host").line("Number", "14").line("Vendor", "Larch").line("Product", "L2 4.1").line("Role", "Runs the order system").out()
	d.at("No listed products").Press("esc")
	d.at("Segmentation").pick("Used", "yes").long("How it is built", "Firewalls between the networks").long("Excludes", "The office's desks").line("Attested by", "Ines Okonjo").
		long("Checked", "Tried from the office").pick("Assessed", "yes").up()
	d.at("Third parties").Press("a")
	d.line("Name", "Palewater Payments").long("Data shared", "Account data of every order").long("Purpose", "Settles the payments").long("Services", "Processing").
		pick("What it does", "account data").up().
		line("AOC date", "2026-06-30").line("AOC version", "4.0.1")
	d.at("Responsibilities").Press("a")
	d.line("Requirement", "3.5.1").pick("Held by", "both").long("Note", "Each for its own store.").Press("S", "esc", "esc")
	d.out()
	d.at("Confirmation").at("Confirmed by").Type("Mara Lindqvist").Press("enter", "esc", "down", "enter").Type("2026-11-20").Press("enter")
	d.long("Method", "Read the inventories and asked").
		line("Assessor", "Ines Okonjo").long("Difference", "none").long("Excluded", "none").long("Reduced by", "none").pick("SAQ criteria", "no").up()
	d.Shows("nothing is missing")
	d.home()
}

// typeEngagement fills who assesses, when and how.
func typeEngagement(d typist) {
	d.room("assessors, reviewer, dates")
	d.at("Assessors").Press("a")
	d.line("Name", "Ines Okonjo").pick("Role", "lead").line("Company", "Northlight Assurance").line("Certificate", "206-114").Press("esc", "a")
	d.line("Name", "Jonas Hald").pick("Role", "associate").line("Company", "Northlight Assurance").line("Certificate", "206-131").line("Mentor", "Ines Okonjo").out()
	d.line("QA reviewer", "Per Haugen").line("Reviewer's company", "Northlight Assurance").line("Reviewer's credentials", "QSA 206-009")
	d.line("Company's officer", "Liv Askeland").line("Officer's title", "Partner")
	d.line("Start", "2026-11-02").line("End", "2026-11-20")
	d.at("Days on site").Press("a")
	d.line("From", "2026-11-03").line("Place", "Data centre in Lund").out()
	d.pick("Tested remotely", "no: all")
	d.long("Independence", "No assessor has a stake in the entity.").long("Other services", "none").long("Subcontractors", "none").line("Years", "1")
	d.at("Sampling").pick("Used", "yes").long("Rationale", "All shops are built from one image.").long("Standard processes", "The playbook and its runs were examined.").up()
	d.home()
}

// typeRetention says how the workpapers are kept.
func typeRetention(d typist) {
	keepingRoom(d.Driver).Press("/").Type("Retention").Press("enter", "enter")
	d.line("Custodian", "Records desk").line("Place", "Archive in Lund").long("Protection", "Sealed to two keepers").line("Attested by", "Ines Okonjo")
	d.home()
}

// typeRequests asks for forty things, takes in what comes, and returns one.
func (e *engagementDesk) typeRequests(d typist) {
	folder := e.t.TempDir()
	requests(d.Driver)
	for i, id := range asked(e.Catalogue) {
		d.Press("a")
		d.long("Wanted", "What shows "+id)
		d.at("requirements").Press("/").Type(id).Press("enter", " ", "esc", "esc", "esc")
		d.line("owner", "Nadia").line("due", "2026-12-18").Press("S")
		name := fmt.Sprintf("Req-%d - shown.txt", i+1)
		require.NoError(e.t, os.WriteFile(filepath.Join(folder, name), []byte("What the client shows of "+id+".\n"), 0o600))
	}
	d.Press("i")
	d.line("folder", folder).Press("S").Shows("40 taken in").Press("esc")
	d.Press("/").Type("Req-7").Press("enter", "t")
	d.long("reason", "It is last year's.").Press("S").Shows("Req-7 returned").Press("e", "r").Press("/").Type("Evidence-1 ").Press("enter", " ", "esc", "esc", "esc", "esc", "home")
	for range 40 {
		d.Press("A", "down")
	}
	d.home()
}

// typePaper takes a document in.
func (e *engagementDesk) typePaper(d typist, title, text string) {
	d.Press("e", "F")
	d.line("file", paper(e.t, title+".md", text)).line("title", title).line("purpose", "Rules of the house").line("version", "4").line("revised", "2026-01-12").Press("S")
	d.Shows("taken in, searched")
	d.home()
}

// typeInterview writes down what somebody said.
func typeInterview(d typist) {
	d.Press("e", "I")
	d.long("text", "By ticket, with a second pair of eyes.").line("title", "Head of IT").long("topics", "how changes are made").long("roles", "head of IT").Press("S")
	d.Shows("Int-1 taken in, searched")
	d.home()
}

// asked are the requirements that the client is asked about.
func asked(c *questionnaires.Catalogue) []string {
	form, _ := c.Questionnaire("roc")
	var ids []string
	for _, id := range form.Requirements[:40] {
		ids = append(ids, id.String())
	}
	return ids
}

// typeAnalyses writes every targeted risk analysis that the standard asks for.
func typeAnalyses(d typist, c *questionnaires.Catalogue) {
	d.room("which set a frequency (12.3.1)")
	for _, r := range c.Requirements() {
		if r.Analysis != questionnaires.AnalysisSets {
			continue
		}
		d.Press("/").Type(r.ID.String()+" ").Press("enter", "enter")
		d.long("Asset", "Order system").long("Threat", "What it is about").long("Factors", "No way in from outside.").line("Frequency", "3 months").
			long("Reason", "Nothing changes faster.").line("Last review", "2026-11-20").up()
	}
	d.home()
}

// typeAnswers reports every testing procedure of the requirements that are a person's,
// on a document; what the standard proposes is taken over, and 8.3.9 is not in place.
func (e *engagementDesk) typeAnswers(d typist, rests string, mine func(questionnaires.Section) bool) {
	form, _ := e.Catalogue.Questionnaire("roc")
	for _, id := range form.Requirements {
		if !mine(questionnaires.SectionOf(id)) {
			continue
		}
		question(d.Driver, id.String())
		if strings.Contains(d.Frame(), "Proposed") {
			d.Press("T", "esc", "esc")
			continue
		}
		found := []string{"enter", "enter"} // In Place is the first
		if id.String() == "8.3.9" {
			found = []string{"enter", "/", "N", "o", "t", " ", "i", "n", "enter", "enter"}
		}
		r, _ := e.Catalogue.Requirement(id)
		d.Press("e").Type("Seen in the binder of "+id.String()+".").Press("esc", "enter")
		for i := range r.Procedures() {
			d.Press("home")
			for range i {
				d.Press("down")
			}
			d.Press("enter").Press(found...).Press("down", "enter").Type("See the binder.").Press("esc", "down", "enter", " ", "esc", "down", "enter", "/").
				Type(rests).Press("enter", " ", "esc", "esc", "esc")
		}
		if id.String() == "8.3.9" {
			d.Press("t")
			d.line("Target date", "2027-05-31").long("Plan", "The directory asks for a second factor.").Press("esc")
		}
		d.Press("esc", "esc")
	}
}

// typeSamples lists a population, draws from it twice, and names what a person chose.
func (e *engagementDesk) typeSamples(d typist) {
	d.Press("e", "F")
	d.pick("kind", "other").line("file", paper(e.t, "hosts.csv", "host,site\nweb-1,Lund\nweb-2,Lund\nweb-3,Malmo\nbastion,Malmo\n")).Press("S").Shows("taken in")
	d.home()
	d.room("sets drawn from them").Press("p")
	d.line("name", "hosts").pick("file", "hosts.csv").line("column", "host").long("assurance", "Counted in the racks.").Press("S").Shows("hosts: 4 items listed")
	for range 2 {
		d.Press("/").Type("population").Press("enter", "enter")
		d.line("size", "2").line("type", "hosts").long("rationale", "One image makes them all.")
		d.at("requirements").Press("/").Type("2.2.1").Press("enter", " ", "esc", "esc", "esc")
		d.Press("S").Shows("drawn").Press("esc")
	}
	d.Press("a")
	d.long("items", "Head of IT\nShift lead").line("population", "14").line("type", "people").long("chosen", "One who decides and one who does.").long("rationale", "All follow one procedure.")
	d.at("requirements").Press("/").Type("12.6.3").Press("enter", " ", "esc", "esc", "esc")
	d.Press("S").Shows("Set-3", "2 of 14")
	d.home()
}

// typePenetrationTest records one that was made from both sides and passed.
func typePenetrationTest(d typist) {
	d.room("scans, tests, attestations").Press("a", "/").Type("penetration").Press("enter", "enter")
	d.line("day", "2026-11-02").line("tester", "Northlight Red Team").pick("own tester", "no").pick("independent", "yes").long("qualification", "OSCP").pick("made from", "inside and outside").
		long("scope", "Card data and what is connected to it").long("method", "NIST SP 800-115").pick("live", "yes").pick("result", "pass").line("critical", "0").line("high", "0")
	d.at("evidence").Press(" ", "esc", "esc", "S")
	d.Shows("recorded: penetration test")
	d.home()
}

// typeReviews passes sections in the stage that the assessment is in, each by its
// checklist.
func (e *engagementDesk) typeReviews(d typist, which func(questionnaires.Section) bool) {
	stages(d.home().Driver)
	for _, section := range e.assessment(e.t).Sections() {
		if !which(section) {
			continue
		}
		d.Press("/").Type(section.Title()).Press("enter", "enter").Shows("Review " + section.Title())
		for _, item := range section.Checklist() {
			d.pick(strings.ReplaceAll(item.ID, "-", " "), "yes")
		}
		d.pick("verdict", "passes").Press("S").Shows("reviewed: " + section.Title()).Press("esc")
	}
	d.home()
}

// typeArchive writes the archive's copy, which its own key opens with all that was issued.
func (e *engagementDesk) typeArchive(d typist) {
	archive, err := age.GenerateX25519Identity()
	require.NoError(e.t, err)
	file := filepath.Join(e.t.TempDir(), "archived.vault")
	keepingRoom(d.Driver).Shows("3 years after 2026-11-20, when it was last issued").Press("/").Type("Archive").Press("enter", "enter")
	d.long("to", archive.Recipient().String()).line("file", file).line("whose", "the archive").Press("S").Shows("It is done", "archived, head")
	d.home()

	v, err := vault.Open(e.t.Context(), file, []age.Identity{archive}, vault.ReadOnly())
	require.NoError(e.t, err)
	defer func() { require.NoError(e.t, v.Close()) }()
	h, err := v.History(e.t.Context())
	require.NoError(e.t, err)
	a, err := h.Assessment(e.Catalogue, "0123456789abcdef0123456789abcdef")
	require.NoError(e.t, err)
	versions, err := a.Versions()
	require.NoError(e.t, err)
	require.Len(e.t, versions, 2)
}
