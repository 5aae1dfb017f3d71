package export

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"tickmark/engine"
	"tickmark/questionnaires"
	"tickmark/reports"
)

// oscalVersion is that of the model, whose schema the tests hold results against.
const oscalVersion = "1.2.1"

// oscalNames is where the names of properties are defined: by this program.
const oscalNames = "urn:tickmark:oscal"

type (
	oscalDocument struct {
		Results oscalResults `json:"assessment-results"`
	}
	oscalResults struct {
		UUID     uuid.UUID     `json:"uuid"`
		Metadata oscalMetadata `json:"metadata"`
		Plan     oscalPlan     `json:"import-ap"`
		Results  []oscalResult `json:"results"`
		Back     oscalBack     `json:"back-matter"`
	}
	oscalMetadata struct {
		Title    string       `json:"title"`
		Modified string       `json:"last-modified"`
		Version  string       `json:"version"`
		OSCAL    string       `json:"oscal-version"`
		Props    []oscalProp  `json:"props,omitempty"`
		Parties  []oscalParty `json:"parties,omitempty"`
		Remarks  string       `json:"remarks,omitempty"`
	}
	oscalParty struct {
		UUID uuid.UUID `json:"uuid"`
		Type string    `json:"type"`
		Name string    `json:"name,omitempty"`
	}
	oscalProp struct {
		Name  string `json:"name"`
		NS    string `json:"ns"`
		Value string `json:"value"`
	}
	oscalPlan struct {
		Href    string `json:"href"`
		Remarks string `json:"remarks,omitempty"`
	}
	oscalResult struct {
		UUID         uuid.UUID          `json:"uuid"`
		Title        string             `json:"title"`
		Description  string             `json:"description"`
		Start        string             `json:"start"`
		End          string             `json:"end,omitempty"`
		Local        oscalLocal         `json:"local-definitions"`
		Reviewed     oscalReviewed      `json:"reviewed-controls"`
		Attestations []oscalAttestation `json:"attestations"`
		Observations []oscalObservation `json:"observations,omitempty"`
		Findings     []oscalFinding     `json:"findings,omitempty"`
	}
	oscalLocal struct {
		Components []oscalComponent `json:"components"`
		Inventory  []oscalInventory `json:"inventory-items,omitempty"`
	}
	oscalComponent struct {
		UUID        uuid.UUID   `json:"uuid"`
		Type        string      `json:"type"`
		Title       string      `json:"title"`
		Description string      `json:"description"`
		Props       []oscalProp `json:"props,omitempty"`
		Status      oscalState  `json:"status"`
	}
	oscalState struct {
		State   string `json:"state"`
		Reason  string `json:"reason,omitempty"`
		Remarks string `json:"remarks,omitempty"`
	}
	oscalInventory struct {
		UUID        uuid.UUID         `json:"uuid"`
		Description string            `json:"description"`
		Props       []oscalProp       `json:"props,omitempty"`
		Components  []oscalImplements `json:"implemented-components,omitempty"`
	}
	oscalImplements struct {
		UUID uuid.UUID `json:"component-uuid"`
	}
	oscalReviewed struct {
		Selections []oscalSelection `json:"control-selections"`
	}
	oscalSelection struct {
		Include []oscalControl `json:"include-controls,omitempty"`
	}
	oscalControl struct {
		ID string `json:"control-id"`
	}
	oscalAttestation struct {
		Parts []oscalPart `json:"parts"`
	}
	oscalPart struct {
		Name  string `json:"name"`
		Prose string `json:"prose"`
	}
	oscalObservation struct {
		UUID        uuid.UUID       `json:"uuid"`
		Title       string          `json:"title"`
		Description string          `json:"description"`
		Props       []oscalProp     `json:"props,omitempty"`
		Methods     []string        `json:"methods"`
		Types       []string        `json:"types,omitempty"`
		Origins     []oscalOrigin   `json:"origins,omitempty"`
		Subjects    []oscalSubject  `json:"subjects,omitempty"`
		Evidence    []oscalEvidence `json:"relevant-evidence,omitempty"`
		Collected   string          `json:"collected"`
		Expires     string          `json:"expires,omitempty"`
		Remarks     string          `json:"remarks,omitempty"`
	}
	oscalOrigin struct {
		Actors []oscalActor `json:"actors"`
	}
	oscalActor struct {
		Type string    `json:"type"`
		UUID uuid.UUID `json:"actor-uuid"`
	}
	oscalSubject struct {
		UUID    uuid.UUID   `json:"subject-uuid"`
		Type    string      `json:"type"`
		Title   string      `json:"title,omitempty"`
		Props   []oscalProp `json:"props,omitempty"`
		Remarks string      `json:"remarks,omitempty"`
	}
	oscalEvidence struct {
		Description string      `json:"description"`
		Props       []oscalProp `json:"props,omitempty"`
	}
	oscalFinding struct {
		UUID        uuid.UUID       `json:"uuid"`
		Title       string          `json:"title"`
		Description string          `json:"description"`
		Props       []oscalProp     `json:"props,omitempty"`
		Origins     []oscalOrigin   `json:"origins,omitempty"`
		Target      oscalTarget     `json:"target"`
		Rests       []oscalObserved `json:"related-observations,omitempty"`
		Remarks     string          `json:"remarks,omitempty"`
	}
	oscalTarget struct {
		Type           string      `json:"type"`
		ID             string      `json:"target-id"`
		Status         oscalState  `json:"status"`
		Implementation *oscalState `json:"implementation-status,omitempty"`
	}
	oscalObserved struct {
		UUID uuid.UUID `json:"observation-uuid"`
	}
	oscalBack struct {
		Resources []oscalResource `json:"resources"`
	}
	oscalResource struct {
		UUID        uuid.UUID `json:"uuid"`
		Title       string    `json:"title"`
		Description string    `json:"description"`
	}
)

// oscalWriter makes one document. Everything it names has an identifier that follows
// from the vault's own, so that the same thing is the same in every document.
type oscalWriter struct {
	record
	origins reports.Origins
	space   uuid.UUID
	result  oscalResult
	defined map[uuid.UUID]bool // components and inventory items
	people  map[uuid.UUID]bool
	parties []oscalParty
}

// oscal writes the record as OSCAL assessment results.
func (r record) oscal(w io.Writer, o Options) error {
	a := r.Assessment
	x := oscalWriter{
		record: r, origins: o.Origins, space: uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:tickmark:vault:"+a.History().Vault().String())),
		defined: map[uuid.UUID]bool{}, people: map[uuid.UUID]bool{},
	}
	entity := x.id("entity", a.Entity)
	x.parties = []oscalParty{{entity, "organization", line(a.Entity)}}
	x.assess()
	plan := x.id("plan", string(a.Details.ID))
	document := oscalDocument{oscalResults{
		UUID: x.id("document", a.Head.String(), isoTime(r.Date)),
		Metadata: oscalMetadata{
			Title: markup(r.document.Title), Modified: isoTime(r.Date), Version: cmp.Or(line(r.Edition.Line()), "1"), OSCAL: oscalVersion,
			Props:   props("standing", r.standing(), "vault", a.History().Vault().String(), "head", a.Head.String(), "questionnaire", a.Questionnaire.Code),
			Parties: x.parties, Remarks: markup(r.standing()) + "\n\n" + markup(notice),
		},
		Plan:    oscalPlan{Href: "#" + plan.String(), Remarks: "There is no assessment plan in OSCAL; the resource says what was asked."},
		Results: []oscalResult{x.result},
		Back: oscalBack{[]oscalResource{{
			UUID: plan, Title: cmp.Or(markup(a.Questionnaire.Title), "Questionnaire"),
			Description: markup("Questionnaire " + a.Questionnaire.Code + ", facts of the form " + a.Questionnaire.Revision),
		}}},
	}}
	if err := writeJSON(w, document); err != nil {
		return fmt.Errorf("write OSCAL: %w", err)
	}
	return nil
}

// id is the identifier of a thing, by what it is and its own ids.
func (x *oscalWriter) id(of ...string) uuid.UUID {
	return uuid.NewSHA1(x.space, []byte(strings.Join(of, "\x00")))
}

// props are names and values in turn. What has no value is left out.
func props(pairs ...string) []oscalProp {
	var all []oscalProp
	for i := 0; i+1 < len(pairs); i += 2 {
		if value := line(pairs[i+1]); value != "" {
			all = append(all, oscalProp{pairs[i], oscalNames, value})
		}
	}
	return all
}

// markup is a text as Markdown on one line, and paragraphs one of several.
func markup(text string) string { return plain(text) }

func paragraphs(text string) string {
	var lines []string
	for one := range strings.SplitSeq(reports.Clean(text), "\n") {
		if one = plain(one); one != "" {
			lines = append(lines, one)
		}
	}
	return strings.Join(lines, "\n\n")
}

// assess fills the result: what was observed, and what people found.
func (x *oscalWriter) assess() {
	a := x.Assessment
	conclusion := "No conclusion is recorded."
	if a.Conclusion.Result != "" {
		conclusion = a.Conclusion.Result + ", concluded by " + a.Conclusion.Person
	}
	r := &x.result
	r.UUID, r.Title = x.id("result", string(a.Details.ID)), cmp.Or(markup(x.document.Subject), "Assessment")
	r.Description = markup("What people of "+a.Entity+" answered, and the evidence beside it.") + "\n\n" + markup(notice)
	r.Start = isoTime(a.Details.From)
	if r.Start == "" {
		r.Start = isoTime(x.Date)
	}
	r.End = isoTime(a.Details.To)
	r.Attestations = []oscalAttestation{{[]oscalPart{{"conclusion", markup(conclusion)}}}}
	x.component("software", "tickmark", "Tickmark", "The program that collected, evaluated and wrote this; it concludes nothing.")
	for _, i := range x.Items {
		r.Observations = append(r.Observations, x.observation(i))
	}
	for _, t := range x.Targets {
		if len(t.Gaps) > 0 {
			r.Observations = append(r.Observations, x.unseen(t))
		}
	}
	var selection oscalSelection
	for _, q := range a.Requirements() {
		selection.Include = append(selection.Include, oscalControl{controlID(q.ID)})
		r.Findings = append(r.Findings, x.finding(q))
	}
	r.Reviewed.Selections = []oscalSelection{selection}
}

// controlID is a requirement as a token of OSCAL.
func controlID(id questionnaires.RequirementID) string {
	if id.Own() {
		return id.String()
	}
	return "pci-dss-4.0.1-" + id.String()
}

// component defines a component once.
func (x *oscalWriter) component(kind, id, title, description string, more ...string) uuid.UUID {
	name := x.id("component", id)
	if !x.defined[name] {
		x.defined[name] = true
		x.result.Local.Components = append(x.result.Local.Components, oscalComponent{
			UUID: name, Type: kind, Title: cmp.Or(markup(title), markup(id), "unnamed"), Description: markup(description), Props: props(more...),
			Status: oscalState{State: "operational"},
		})
	}
	return name
}

// target defines what was looked at as a component.
func (x *oscalWriter) target(id, name string) uuid.UUID {
	return x.component("system", id, cmp.Or(name, id), "A target of collections.", "target", id)
}

// person defines a party once.
func (x *oscalWriter) person(a questionnaires.Author) uuid.UUID {
	id := x.id("person", a.ID.String())
	if !x.people[id] {
		x.people[id] = true
		x.parties = append(x.parties, oscalParty{id, "person", cmp.Or(line(a.Name), "author "+a.ID.Short())})
	}
	return id
}

// observation is an item of evidence.
func (x *oscalWriter) observation(i reports.Item) oscalObservation {
	collected := i.Collected
	if collected.IsZero() {
		collected = x.Date
	}
	o := oscalObservation{
		UUID: x.id("evidence", string(i.ID)), Title: markup(i.Label() + ": " + i.Title), Description: cmp.Or(markup(i.Title), "Evidence"),
		Props: props("number", i.Label(), "evidence-id", string(i.ID), "sha-256", i.Digest().String(), "state", strings.Join(stateOf(i), "; ")), Methods: []string{"EXAMINE"},
		Collected: isoTime(collected),
	}
	fresh := x.Assessment.Freshness(i.Evidence, questionnaires.DayOf(x.Date))
	if until, err := time.Parse(time.DateOnly, string(fresh.Until)); err == nil {
		o.Expires = isoTime(until)
	}
	if i.Result == nil {
		o.Types = []string{"control-objective"}
		if i.Kind.Notes() {
			o.Methods = []string{"INTERVIEW"}
		}
		o.Origins = []oscalOrigin{{[]oscalActor{{"party", x.person(i.Author)}}}}
		o.Evidence = []oscalEvidence{{markup("File " + i.File.Name), props("file", i.File.Name, "sha-256", i.Digest().String())}}
		return o
	}
	q := i.Result
	target := x.target(q.Target, q.Name)
	o.Methods, o.Types = []string{"TEST"}, []string{"finding"}
	o.Description = markup(fmt.Sprintf("%s: %s, %d passed, %d failed, %d unknown.", i.Title, q.Verdict, q.Passed, q.Failed, q.Unknown))
	o.Props = append(o.Props, props("check", q.Check, "check-version", fmt.Sprint(q.Version), "verdict", q.Verdict.String(), "informs", strings.Join(x.requirementsOf(i), " "))...)
	o.Origins = []oscalOrigin{{[]oscalActor{{"tool", x.id("component", "tickmark")}}}}
	o.Subjects = append([]oscalSubject{{UUID: target, Type: "component", Title: markup(cmp.Or(q.Name, q.Target))}}, x.subjects(i, target)...)
	return o
}

// subjects are those of details that are no pass.
func (x *oscalWriter) subjects(i reports.Item, target uuid.UUID) []oscalSubject {
	var all []oscalSubject
	result := x.resultOf(i)
	for _, d := range i.Details {
		subject := oscalSubject{UUID: target, Type: "component", Remarks: paragraphs(d.Sentence)}
		if d.Subject != (engine.Ref{}) {
			origins := x.origins[i.Result.Snapshot][d.Subject.WithoutUID()]
			subject.UUID, subject.Type = x.inventory(i.Result.Target, target, d.Subject, origins), "inventory-item"
			subject.Title = markup(d.Subject.WithoutUID().String())
		}
		accepted := ""
		if a, is := questionnaires.AcceptedUntil(result.Key(d), x.Risks.Acceptances, x.Date); is && d.Verdict == engine.Fail {
			accepted = string(a.Until)
		}
		subject.Props = props("verdict", d.Verdict.String(), "container", d.Container, "field", d.Field, "accepted-until", accepted)
		all = append(all, subject)
	}
	return all
}

// inventory defines an object of a target once.
func (x *oscalWriter) inventory(target string, component uuid.UUID, ref engine.Ref, origins []string) uuid.UUID {
	ref = ref.WithoutUID()
	id := x.id("object", target, ref.Group, ref.Kind, ref.Namespace, ref.Name)
	if !x.defined[id] {
		x.defined[id] = true
		pairs := []string{"group", ref.Group, "kind", ref.Kind, "namespace", ref.Namespace, "name", ref.Name}
		for _, origin := range origins {
			pairs = append(pairs, "origin", origin)
		}
		x.result.Local.Inventory = append(x.result.Local.Inventory, oscalInventory{
			UUID: id, Description: cmp.Or(markup(ref.String()), "object"), Props: props(pairs...), Components: []oscalImplements{{component}},
		})
	}
	return id
}

// unseen says what of a target could not be seen: nothing of it counts as passed.
func (x *oscalWriter) unseen(t reports.Target) oscalObservation {
	lines := make([]string, len(t.Gaps))
	for n, g := range t.Gaps {
		lines[n] = fmt.Sprintf("%s %s %s (%s): %s %s", g.Kind, g.Namespace, g.Name, g.Source, g.Reason, g.Cause)
	}
	ended := t.Seen.Ended
	if ended.IsZero() {
		ended = x.Date
	}
	return oscalObservation{
		UUID: x.id("unseen", t.ID), Title: markup("What could not be seen of " + cmp.Or(t.Name, t.ID)), Description: paragraphs(strings.Join(lines, "\n")),
		Props: props("verdict", engine.Unknown.String()), Methods: []string{"TEST"}, Collected: isoTime(ended),
		Origins:  []oscalOrigin{{[]oscalActor{{"tool", x.id("component", "tickmark")}}}},
		Subjects: []oscalSubject{{UUID: x.target(t.ID, t.Name), Type: "component"}},
	}
}

// finding is the answer to a requirement. Only what people answered to be in place or
// not to apply is satisfied.
func (x *oscalWriter) finding(q questionnaires.Requirement) oscalFinding {
	v := x.Assessment.Current(q.ID)
	f := oscalFinding{
		UUID: x.id("finding", string(x.Assessment.Details.ID), q.ID.String()), Title: markup(q.ID.String() + " " + q.Title),
		Description: cmp.Or(paragraphs(v.Narrative), "No narrative is recorded."),
		Props: props(
			"response", v.Response.Title(), "methods", methods(v.Methods), "what-was-not-tested", v.Untested, "target-date", string(v.Remedy.Target),
			"answered-with", v.Inherited.String(), "answered-at", at(v), "signature", signature(v),
		),
		Target: oscalTarget{Type: "objective-id", ID: controlID(q.ID), Status: x.status(v), Implementation: implementationOf(v)},
	}
	if !v.Entry.IsZero() {
		f.Origins = []oscalOrigin{{[]oscalActor{{"party", x.person(v.Author)}}}}
	}
	for _, id := range v.Cited() {
		if x.listed(id) {
			f.Rests = append(f.Rests, oscalObserved{x.id("evidence", string(id))})
		}
	}
	var remarks []string
	for _, p := range x.Assessment.Procedures(q.ID) {
		remarks = append(remarks, fmt.Sprintf("%s: %s. %s", procedureName(q.ID, p), p.Finding.Title(), p.Reporting))
	}
	for _, problem := range x.problemsOf(q.ID) {
		remarks = append(remarks, "Problem: "+problem)
	}
	f.Remarks = paragraphs(strings.Join(remarks, "\n"))
	return f
}

func (x *oscalWriter) listed(id questionnaires.ID) bool {
	for _, i := range x.Items {
		if i.ID == id {
			return true
		}
	}
	return false
}

// status is satisfied only by one answer whose author is certain.
func (x *oscalWriter) status(v questionnaires.Revision) oscalState {
	const satisfied, not = "satisfied", "not-satisfied"
	switch {
	case len(x.Assessment.Conflicts(v.Requirement)) > 1:
		return oscalState{not, "other", "Answers stand side by side, and nobody has chosen."}
	case !v.Entry.IsZero() && !v.Verified:
		return oscalState{not, "other", "The signature of the answer is not verified."}
	}
	switch v.Response {
	case questionnaires.InPlace, questionnaires.InPlaceWithCCW:
		return oscalState{satisfied, "pass", ""}
	case questionnaires.NotApplicable:
		return oscalState{satisfied, "other", "It does not apply."}
	case questionnaires.NotInPlace:
		return oscalState{not, "fail", ""}
	case questionnaires.NotTested:
		return oscalState{not, "other", "It was not tested: nothing is said of it, and it never counts as satisfied."}
	case questionnaires.Unanswered:
	}
	return oscalState{not, "other", "Nobody answered it: nothing is said of it, and it never counts as satisfied."}
}

func implementationOf(v questionnaires.Revision) *oscalState {
	switch {
	case v.Response == questionnaires.InPlaceWithCCW, v.Response == questionnaires.InPlace && (v.Compensates() || v.Customized != nil):
		return &oscalState{State: "alternative"}
	case v.Response == questionnaires.InPlace:
		return &oscalState{State: "implemented"}
	case v.Response == questionnaires.NotApplicable:
		return &oscalState{State: "not-applicable"}
	}
	return nil
}
