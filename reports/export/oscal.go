package export

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"maps"
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

// oscalWriter makes one document. Everything it names has an identifier that follows
// from the vault's own, so that the same thing is the same in every document. What is named
// stands before what names it: the record is walked once for people and components, once
// for the objects, and once for what was observed.
type oscalWriter struct {
	record
	origins    reports.Origins
	space      uuid.UUID
	defined    map[uuid.UUID]bool // components, people, and inventory items
	parties    []oscalParty
	components []oscalComponent
	listed     map[questionnaires.ID]bool // the evidence that the record lists
	object     func(oscalInventory) bool  // takes what is defined of objects; nil leaves it out
}

// oscal writes the record as OSCAL assessment results.
func (r record) oscal(w io.Writer, o Options) error {
	a := r.Assessment
	x := oscalWriter{
		record: r, origins: o.Origins, space: uuid.NewSHA1(uuid.NameSpaceURL, []byte("urn:tickmark:vault:"+a.History().Vault().String())),
		defined: map[uuid.UUID]bool{}, listed: map[questionnaires.ID]bool{},
	}
	for _, i := range r.Items {
		x.listed[i.ID] = true
	}
	x.define()
	plan := x.id("plan", string(a.Details.ID))
	j := newJSONWriter(w)
	j.object(func() {
		j.name("assessment-results")
		j.object(func() {
			j.field("uuid", x.id("document", a.Head.String(), isoTime(r.Date)))
			j.field("metadata", x.metadata())
			j.field("import-ap", oscalPlan{Href: "#" + plan.String(), Remarks: "There is no assessment plan in OSCAL; the resource says what was asked."})
			j.name("results")
			j.enclose("[", "]", func() {
				j.next()
				j.object(func() { x.results(j) })
			})
			j.field("back-matter", oscalBack{[]oscalResource{{
				UUID: plan, Title: cmp.Or(markup(a.Questionnaire.Title), "Questionnaire"),
				Description: markup("Questionnaire " + a.Questionnaire.Code + ", facts of the form " + a.Questionnaire.Revision),
			}}})
		})
	})
	if err := j.close(); err != nil {
		return fmt.Errorf("write OSCAL: %w", err)
	}
	return nil
}

// define walks the record for the people and components that it names.
func (x *oscalWriter) define() {
	x.parties = []oscalParty{{x.id("entity", x.Assessment.Entity), "organization", line(x.Assessment.Entity)}}
	x.component("software", "tickmark", "Tickmark", "The program that collected, evaluated and wrote this; it concludes nothing.")
	for range x.observations() {
	}
	for range each(x.Assessment.Requirements(), x.finding) {
	}
}

func (x *oscalWriter) metadata() oscalMetadata {
	a := x.Assessment
	return oscalMetadata{
		Title: markup(x.document.Title), Modified: isoTime(x.Date), Version: cmp.Or(line(x.Edition.Line()), "1"), OSCAL: oscalVersion,
		Props:   props("standing", x.standing(), "vault", a.History().Vault().String(), "head", a.Head.String(), "questionnaire", a.Questionnaire.Code),
		Parties: x.parties, Remarks: markup(x.standing()) + "\n\n" + markup(notice),
	}
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

// results writes the one result: what was observed, and what people found.
func (x *oscalWriter) results(j *jsonWriter) {
	a := x.Assessment
	conclusion := "No conclusion is recorded."
	if a.Conclusion.Result != "" {
		conclusion = a.Conclusion.Result + ", concluded by " + a.Conclusion.Person
	}
	j.fields(oscalResult{
		UUID: x.id("result", string(a.Details.ID)), Title: cmp.Or(markup(x.document.Subject), "Assessment"),
		Description: markup("What people of "+a.Entity+" answered, and the evidence beside it.") + "\n\n" + markup(notice),
		Start:       cmp.Or(isoTime(a.Details.From), isoTime(x.Date)), End: isoTime(a.Details.To),
	})
	j.name("local-definitions")
	j.object(func() {
		j.field("components", x.components)
		listedIfAny(j, "inventory-items", x.objects())
	})
	var selection oscalSelection
	for _, q := range a.Requirements() {
		selection.Include = append(selection.Include, oscalControl{controlID(q.ID)})
	}
	j.field("reviewed-controls", oscalReviewed{[]oscalSelection{selection}})
	j.field("attestations", []oscalAttestation{{[]oscalPart{{"conclusion", markup(conclusion)}}}})
	listedIfAny(j, "observations", x.observations())
	listedIfAny(j, "findings", each(a.Requirements(), x.finding))
}

// observations are the items of evidence, and what could not be seen.
func (x *oscalWriter) observations() iter.Seq[oscalObservation] {
	return func(yield func(oscalObservation) bool) {
		for _, i := range x.Items {
			if !yield(x.observation(i)) {
				return
			}
		}
		for _, t := range x.Targets {
			if len(t.Gaps) > 0 && !yield(x.unseen(t)) {
				return
			}
		}
	}
}

// objects are the inventory items, each where it is named first.
func (x *oscalWriter) objects() iter.Seq[oscalInventory] {
	return func(yield func(oscalInventory) bool) {
		before := x.defined
		x.defined = maps.Clone(before)
		defer func() { x.defined, x.object = before, nil }()
		more := true
		x.object = func(o oscalInventory) bool {
			more = more && yield(o)
			return more
		}
		for range x.observations() {
			if !more {
				return
			}
		}
	}
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
		x.components = append(x.components, oscalComponent{
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
	if !x.defined[id] {
		x.defined[id] = true
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
	if x.object != nil && !x.defined[id] {
		x.defined[id] = true
		pairs := []string{"group", ref.Group, "kind", ref.Kind, "namespace", ref.Namespace, "name", ref.Name}
		for _, origin := range origins {
			pairs = append(pairs, "origin", origin)
		}
		x.object(oscalInventory{
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
		if x.listed[id] {
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
