package questionnaires

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
)

// Activity is one time that something was done which a requirement asks for again and
// again: a scan, a review, a test. It is the payload of an entry of the whole vault.
// One that is written under the same id again takes the place of the one before.
type Activity struct {
	ID           ID              `json:"id"`
	Kind         ActivityKind    `json:"kind,omitzero"`
	Requirements []RequirementID `json:"requirements"`
	On           Day             `json:"on"` // that it was finished, before any rescan
	What         string          `json:"what,omitempty"`
	Evidence     []ID            `json:"evidence,omitempty"`
	Withdrawn    bool            `json:"withdrawn,omitempty"`
	ActivityDetails
	// What follows is not part of the payload.
	Standing `json:"-"`
}

// SignificantChange is one to systems, networks or the organisation after which the
// standard asks for some activities again (11.3.1.3, 12.5.2 and others). It is
// revised as an Activity is.
type SignificantChange struct {
	ID        ID     `json:"id"`
	On        Day    `json:"on"`
	What      string `json:"what"`
	Withdrawn bool   `json:"withdrawn,omitempty"`
	// What follows is not part of the payload.
	Standing `json:"-"`
}

// Standing is how a record stands in the history: its last revision, by whom and
// when, and how many were written side by side, if more than one.
type Standing struct {
	Entry  engine.Digest
	Author Author
	Time   time.Time
	Beside int
}

// maxActivityRequirements bounds what one activity serves.
const maxActivityRequirements = 50

// RecordActivity returns the draft that records an activity, or changes one. It refuses
// one of a day to come, of a requirement that it cannot serve, and what is nonsense;
// what is merely incomplete is kept and is a Problem.
func (h *History) RecordActivity(catalogue *Catalogue, a Activity, today Day) (Draft, error) {
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("record %s: %w", a.Kind.Title(), err) }
	if len(a.Requirements) == 0 {
		a.Requirements = a.Kind.Usual()
	}
	a.Requirements = slices.Clone(a.Requirements)
	slices.SortFunc(a.Requirements, RequirementID.Compare)
	a.Requirements = slices.Compact(a.Requirements)
	if err := a.served(catalogue); err != nil {
		return fail(err)
	}
	for _, id := range a.Evidence {
		if _, known := h.item(id); !known {
			return fail(fmt.Errorf("evidence %s is not in the vault", id))
		}
	}
	if err := recordable(a.ID, a.On, a.What, today); err != nil {
		return fail(err)
	}
	if err := a.checkDetail(today); err != nil {
		return fail(err)
	}
	before, known, err := h.activity(a.ID)
	switch {
	case err != nil:
		return fail(err)
	case known && before.Kind != a.Kind:
		return fail(fmt.Errorf("%.8s is of another kind: %s", a.ID, before.Kind.Title()))
	case known && before.Beside == 0 && before.Same(a):
		return fail(ErrUnchanged)
	case a.Kind == AttestationKind:
		if a.Attestation, err = h.knownParty(a.Attestation); err != nil {
			return fail(err)
		}
	}
	return Draft{Action: ActivityRecorded, Subject: "activity " + string(a.ID), Payload: a}, nil
}

// Same reports whether both say the same.
func (a Activity) Same(o Activity) bool {
	a.Standing, o.Standing = Standing{}, Standing{}
	return sameContent(a, o)
}

// served refuses requirements that the activity cannot serve.
func (a Activity) served(catalogue *Catalogue) error {
	if n := len(a.Requirements); n == 0 || n > maxActivityRequirements {
		return fmt.Errorf("it serves 1 to %d requirements, not %d", maxActivityRequirements, n)
	}
	for _, id := range a.Requirements {
		r, known := catalogue.Requirement(id)
		switch kind := KindFor(id); {
		case !known:
			return fmt.Errorf("the standard has no requirement %s", id)
		case a.serves(id) && (a.Kind != PlainActivity || r.Recurs != Recurrence{} || r.Analysis != NoAnalysis):
		case a.Kind != PlainActivity:
			return fmt.Errorf("it cannot serve %s: it serves %s", id, listed(a.Kind.Serves()))
		case kind != PlainActivity:
			return fmt.Errorf("%s is shown by a record of its own kind: %s", id, kind)
		default:
			return fmt.Errorf("%s asks for nothing that is done again and again", id)
		}
	}
	return nil
}

// serves reports whether one of the activity's kind may serve a requirement.
func (a Activity) serves(id RequirementID) bool {
	if a.Kind == PlainActivity {
		return KindFor(id) == PlainActivity
	}
	return slices.Contains(a.Kind.Serves(), id)
}

func listed(ids []RequirementID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return strings.Join(texts, ", ")
}

// checkDetail refuses what the details of the kind cannot say.
func (a Activity) checkDetail(today Day) error {
	if others := a.others(); len(others) > 0 {
		return fmt.Errorf("%s is said of it, which is none of its kind", others[0])
	}
	b := &bounds{}
	detail := a.detail()
	detail.check(b)
	if b.err != nil {
		return b.err
	}
	if broken := detail.broken(a.On); len(broken) > 0 {
		return errors.New(broken[0])
	}
	for _, d := range detail.days() {
		if d.on > today {
			return fmt.Errorf("the %s of %s is of a day to come", d.what, d.on)
		}
	}
	return nil
}

// knownParty returns an attestation with the name that the scope gives its party.
func (h *History) knownParty(c *ComplianceAttestation) (*ComplianceAttestation, error) {
	scope, err := h.Scope()
	if err != nil {
		return nil, err
	}
	named := valued(c)
	names := namesOf(scope.ThirdParties, func(p ThirdParty) string { return p.Name })
	for _, name := range names {
		if samePerson(name, named.Party) {
			named.Party = name
			return &named, nil
		}
	}
	if len(names) == 0 {
		names = []string{"none"}
	}
	return nil, fmt.Errorf("the scope lists no third party %q: it lists %s", named.Party, strings.Join(names, ", "))
}

// activity is the one of an id as it stands.
func (h *History) activity(id ID) (Activity, bool, error) {
	all, err := h.Activities()
	i := slices.IndexFunc(all, func(a Activity) bool { return a.ID == id })
	if err != nil || i < 0 {
		return Activity{}, false, err
	}
	return all[i], true, nil
}

// Recite changes every id of evidence that the activity names.
func (a *Activity) Recite(change func(ID) (ID, error)) error {
	return reciteAll([]*[]ID{&a.Evidence}, change)
}

// Missing names what has still to be filled in.
func (a Activity) Missing() []string {
	lacking := a.detail().lacks(a.Requirements)
	if a.Kind != PlainActivity && len(a.Evidence) == 0 {
		lacking = append(lacking, "evidence")
	}
	return lacking
}

// remains says what stands of itself against a requirement being met by it.
func (a Activity) remains(id RequirementID, day Day) []string {
	if !a.serves(id) {
		if kind := KindFor(id); kind != PlainActivity {
			return []string{fmt.Sprintf("%s is shown by a record of its own kind: %s", id, kind)}
		}
		return []string{"it cannot serve it: it serves " + listed(a.Kind.Serves())}
	}
	if a.Beside > 0 {
		return []string{fmt.Sprintf("it was changed %d times side by side; one of them has to be confirmed", a.Beside)}
	}
	if broken := a.broken(); len(broken) > 0 {
		return broken
	}
	return a.detail().remains(id, a.On, day)
}

// broken names the rules that the activity breaks, whoever wrote it.
func (a Activity) broken() []string {
	var broken []string
	for _, other := range a.others() {
		broken = append(broken, other+" is said of it, which is none of its kind")
	}
	if err := a.On.check(); err != nil || a.On == "" {
		broken = append(broken, "it has no day")
	}
	return append(broken, a.detail().broken(a.On)...)
}

// RecordChange returns the draft that records a significant change. It refuses one of
// a day to come, and one that says nothing.
func (h *History) RecordChange(c SignificantChange, today Day) (Draft, error) {
	err := recordable(c.ID, c.On, c.What, today)
	if err == nil && blank(c.What) {
		err = errors.New("it does not say what changed")
	}
	if err != nil {
		return Draft{}, fmt.Errorf("record significant change: %w", err)
	}
	return Draft{Action: ChangeRecorded, Subject: "significant change " + string(c.ID), Payload: c}, nil
}

func recordable(id ID, on Day, what string, today Day) error {
	if id == "" {
		return errors.New("it has no id")
	}
	if err := CheckText("what was done", what, MaxNarrative); err != nil {
		return err
	}
	switch err := on.check(); {
	case err != nil:
		return err
	case on == "":
		return errors.New("it needs its day")
	case on > today:
		return fmt.Errorf("%s is a day to come", on)
	}
	return nil
}

// standing reads the records of an action that enrolled authors wrote: of each id the
// last revision that no other follows, the latest by time and entry where several
// stand side by side.
func standing[T any](h *History, action Action, id func(T) ID, stand func(*T, Standing)) ([]T, error) {
	return standingAmong(h, h.entries, action, id, stand)
}

// standingAmong reads those that are among some entries.
func standingAmong[T any](h *History, entries []Entry, action Action, id func(T) ID, stand func(*T, Standing)) ([]T, error) {
	type revision struct {
		Entry
		record T
	}
	byID := map[ID][]revision{}
	for _, e := range entries {
		if e.Action != action || h.Verify(e.ID) != nil {
			continue
		}
		var record T
		if err := h.read(e, &record); err != nil {
			return nil, err
		}
		byID[id(record)] = append(byID[id(record)], revision{e, record})
	}
	all := make([]T, 0, len(byID))
	for _, revisions := range byID {
		last := slices.DeleteFunc(slices.Clone(revisions), func(r revision) bool {
			return slices.ContainsFunc(revisions, func(later revision) bool { return h.IsAncestor(r.ID, later.ID) })
		})
		latest := slices.MaxFunc(last, func(x, y revision) int { return compareEntries(x.Entry, y.Entry) })
		s := Standing{Entry: latest.ID, Time: latest.Time}
		s.Author, _ = h.Author(latest.Entry.Author)
		if len(last) > 1 {
			s.Beside = len(last)
		}
		stand(&latest.record, s)
		all = append(all, latest.record)
	}
	return all, nil
}

// ActivityNamed returns the activity of an id or the beginning of one, or the one that
// stands of a kind, or of a kind and a day: asv-scan@2026-11-02.
func (h *History) ActivityNamed(name string) (Activity, error) {
	all, err := h.Activities()
	if err != nil {
		return Activity{}, err
	}
	text, day, _ := strings.Cut(name, "@")
	var kind ActivityKind
	if kind.UnmarshalText([]byte(text)) != nil {
		return meant("record", name, all, func(a Activity) bool { return strings.HasPrefix(string(a.ID), name) && len(name) >= 4 })
	}
	return meant("record", name, all, func(a Activity) bool {
		return a.Kind == kind && (day == "" || string(a.On) == day) && (!a.Withdrawn || a.Beside > 0)
	})
}

// Copy is the activity with details of its own, to be changed.
func (a Activity) Copy() (Activity, error) {
	text, err := json.Marshal(a)
	if err != nil {
		return Activity{}, fmt.Errorf("copy %s: %w", a.Kind.Title(), err)
	}
	changed := Activity{Standing: a.Standing}
	if err := json.Unmarshal(text, &changed); err != nil {
		return Activity{}, fmt.Errorf("copy %s: %w", a.Kind.Title(), err)
	}
	return changed, nil
}

// WithdrawActivity returns the draft that takes an activity back.
func (h *History) WithdrawActivity(id string) (Draft, error) {
	a, err := h.ActivityNamed(id)
	if err == nil && a.Withdrawn && a.Beside == 0 {
		err = errors.New("it was taken back before")
	}
	if err != nil {
		return Draft{}, fmt.Errorf("withdraw %s: %w", id, err)
	}
	a.Withdrawn = true
	return Draft{Action: ActivityRecorded, Subject: "activity " + string(a.ID), Payload: a}, nil
}

// WithdrawChange returns the draft that takes a significant change back.
func (h *History) WithdrawChange(id string) (Draft, error) {
	all, err := h.SignificantChanges()
	if err != nil {
		return Draft{}, err
	}
	c, err := meant("significant change", id, all, func(c SignificantChange) bool { return strings.HasPrefix(string(c.ID), id) && len(id) >= 4 })
	if err == nil && c.Withdrawn && c.Beside == 0 {
		err = errors.New("it was taken back before")
	}
	if err != nil {
		return Draft{}, fmt.Errorf("withdraw %s: %w", id, err)
	}
	c.Withdrawn = true
	return Draft{Action: ChangeRecorded, Subject: "significant change " + string(c.ID), Payload: c}, nil
}

// meant finds the one of some that a name means.
func meant[T any](what, name string, all []T, means func(T) bool) (T, error) {
	var none T
	found := slices.DeleteFunc(slices.Clone(all), func(one T) bool { return !means(one) })
	switch len(found) {
	case 0:
		return none, fmt.Errorf("find %s %q: there is none", what, name)
	case 1:
		return found[0], nil
	}
	return none, fmt.Errorf("find %s %q: there are %d; name one by its id", what, name, len(found))
}
