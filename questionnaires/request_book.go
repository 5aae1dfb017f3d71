package questionnaires

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"tickmark/engine"
)

// RequestDelivery is the payload of the entry by which evidence was received for a
// request.
type RequestDelivery struct {
	Request  ID   `json:"request"`
	Evidence []ID `json:"evidence"`
}

// RequestDecision is the payload of the entry by which what was received is accepted,
// or returned with the reason.
type RequestDecision struct {
	Request ID     `json:"request"`
	Reason  string `json:"reason,omitempty"`
}

// requestBook is what a history says of its requests, read when it is asked first.
type requestBook struct {
	once   sync.Once
	all    []Request        // by number
	of     map[ID][]Request // of each assessment, by number
	labels labelIndex
	last   int
	err    error
}

// requestStep is one entry of a request.
type requestStep struct {
	entry    Entry
	request  ID
	content  Request // of one that asks or changes
	evidence []ID    // of one that receives
	reason   string  // of one that returns
}

// Requests returns every request of the vault by number, and the highest number that a
// request ever had. Who is not enrolled asks for nothing. The slice must not be changed.
func (h *History) Requests() (all []Request, last int, err error) {
	h.asked.once.Do(func() {
		h.asked.all, h.asked.last, h.asked.err = h.readRequests()
		h.asked.of = map[ID][]Request{}
		for _, r := range h.asked.all {
			h.asked.of[r.Assessment] = append(h.asked.of[r.Assessment], r)
		}
		h.asked.labels = indexLabels(h.asked.all, func(r Request) string { return label("Req", r.Number, "") })
	})
	return h.asked.all, h.asked.last, h.asked.err
}

// isRequest reports whether an entry concerns a request.
func (a Action) isRequest() bool { return a >= RequestAsked && a <= RequestReturned }

func (h *History) readRequests() ([]Request, int, error) {
	steps := map[ID][]requestStep{}
	var order []ID
	for _, e := range h.entries {
		if !e.Action.isRequest() || h.Verify(e.ID) != nil {
			continue
		}
		step, err := h.requestStep(e)
		if err != nil {
			return nil, 0, err
		}
		if _, known := steps[step.request]; !known {
			order = append(order, step.request)
		}
		steps[step.request] = append(steps[step.request], step)
	}
	var all []Request
	var born []Entry
	for _, id := range order {
		if r, first, is := h.requestOf(steps[id]); is {
			all, born = append(all, r), append(born, first)
		}
	}
	return h.numberRequests(all, born)
}

// requestStep reads one entry. A history remembers what it read.
func (h *History) requestStep(e Entry) (requestStep, error) {
	if read, known := h.known.steps.Load(e.ID); known {
		step, _ := read.(requestStep)
		return step, nil
	}
	step := requestStep{entry: e}
	switch e.Action {
	case RequestAsked, RequestChanged:
		if err := h.read(e, &step.content); err != nil {
			return step, err
		}
		step.request = step.content.ID
	case RequestReceived:
		var p RequestDelivery
		if err := h.read(e, &p); err != nil {
			return step, err
		}
		step.request, step.evidence = p.Request, p.Evidence
	default:
		var p RequestDecision
		if err := h.read(e, &p); err != nil {
			return step, err
		}
		step.request, step.reason = p.Request, p.Reason
	}
	h.known.steps.Store(e.ID, step)
	return step, nil
}

// requestOf is a request as its steps make it, with the entry that asked first; false
// where none of them says what is asked. Steps of another assessment are none of it.
func (h *History) requestOf(steps []requestStep) (Request, Entry, bool) {
	i := slices.IndexFunc(steps, func(s requestStep) bool { return s.asks() })
	if i < 0 {
		return Request{}, Entry{}, false
	}
	first := steps[i]
	var versions, rest []requestStep
	for _, s := range steps {
		switch {
		case s.entry.Assessment != first.entry.Assessment:
		case s.asks():
			versions = append(versions, s)
		default:
			rest = append(rest, s)
		}
	}
	standing := h.standing(versions)
	r := standing[len(standing)-1].content
	r.ID, r.Number = first.request, first.content.Number
	r.Assessment, r.Time, r.Seed = first.entry.Assessment, first.entry.Time, first.content.Seed
	r.Author, _ = h.Author(first.entry.Author)
	r.Carried = first.content.Carried
	if r.Seed != "" {
		r.seeded = first.content.Requirements
	}
	for _, other := range standing[:len(standing)-1] {
		if !other.content.equals(r) {
			r.Beside = append(r.Beside, other.content)
		}
	}
	if n := len(r.Beside); n > 0 {
		r.Conflicts = append(r.Conflicts, fmt.Sprintf("was changed in %d ways side by side%s; one of them has to be confirmed", n+1, h.by(standing)))
	}
	h.settleRequest(&r, versions, rest)
	return r, first.entry, true
}

func (s requestStep) asks() bool {
	return s.entry.Action == RequestAsked || s.entry.Action == RequestChanged
}

// standing are the steps that no other of them follows, oldest first. They come parents
// before children.
func (h *History) standing(steps []requestStep) []requestStep {
	var standing []requestStep
	for i, s := range steps {
		if !slices.ContainsFunc(steps[i+1:], func(later requestStep) bool { return h.IsAncestor(s.entry.ID, later.entry.ID) }) {
			standing = append(standing, s)
		}
	}
	slices.SortFunc(standing, func(x, y requestStep) int { return compareEntries(x.entry, y.entry) })
	return standing
}

// by names who took some steps, where they are several people.
func (h *History) by(steps []requestStep) string {
	var names []string
	for _, s := range steps {
		author, _ := h.Author(s.entry.Author)
		if !slices.Contains(names, author.Name) {
			names = append(names, author.Name)
		}
	}
	if len(names) < 2 {
		return ""
	}
	return " by " + strings.Join(names, " and ")
}

// settleRequest finds how far a request is. Of steps that were taken side by side the
// one counts that leaves more to be done: what came and nobody saw, before a return,
// before an acceptance.
func (h *History) settleRequest(r *Request, versions, steps []requestStep) {
	came := map[ID]bool{} // ten thousand files may come for one request
	for _, s := range steps {
		for _, id := range s.evidence {
			if !came[id] {
				came[id] = true
				r.Evidence = append(r.Evidence, id)
			}
		}
	}
	standing := h.standing(steps)
	kinds := map[Action][]requestStep{}
	for _, s := range standing {
		kinds[s.entry.Action] = append(kinds[s.entry.Action], s)
	}
	switch {
	case len(kinds[RequestReceived]) > 0:
		r.State = ReceivedRequest
	case len(kinds[RequestReturned]) > 0:
		r.State = ReturnedRequest
		var reasons []string
		for _, s := range kinds[RequestReturned] {
			if !slices.Contains(reasons, s.reason) {
				reasons = append(reasons, s.reason)
			}
		}
		r.Reason = strings.Join(reasons, "\n")
	case len(kinds[RequestAccepted]) > 0:
		r.State = AcceptedRequest
	}
	if len(kinds) > 1 {
		var words []string
		for _, kind := range []Action{RequestReceived, RequestReturned, RequestAccepted} {
			if len(kinds[kind]) > 0 {
				words = append(words, strings.TrimPrefix(kind.String(), "request-"))
			}
		}
		r.Conflicts = append(r.Conflicts, fmt.Sprintf("was %s side by side%s; it has to be looked at again", strings.Join(words, " and "), h.by(standing)))
	}
	h.acceptWhatWasSeen(r, versions, kinds[RequestAccepted])
}

// acceptWhatWasSeen takes an acceptance back where what is asked for is not what was
// accepted: it was changed since, or beside it.
func (h *History) acceptWhatWasSeen(r *Request, versions, accepted []requestStep) {
	for _, s := range accepted {
		seen := h.standing(slices.DeleteFunc(slices.Clone(versions), func(v requestStep) bool { return !h.IsAncestor(v.entry.ID, s.entry.ID) }))
		if r.State != AcceptedRequest || len(seen) > 0 && seen[len(seen)-1].content.asks(*r) {
			continue
		}
		r.State = ReceivedRequest
		for _, v := range h.standing(versions) {
			if !h.IsAncestor(v.entry.ID, s.entry.ID) && !h.IsAncestor(s.entry.ID, v.entry.ID) {
				r.Conflicts = append(r.Conflicts, fmt.Sprintf("was changed and accepted side by side%s; it has to be looked at again", h.by([]requestStep{v, s})))
				break
			}
		}
	}
}

// numberRequests gives every request its final number.
func (h *History) numberRequests(all []Request, born []Entry) ([]Request, int, error) {
	printed, err := h.printed(func(e Entry) ([]PrintedNumber, error) {
		var export RequestExport
		if e.Action != RequestsExported {
			return nil, nil
		}
		err := h.read(e, &export)
		return export.Requests, err
	})
	if err != nil {
		return nil, 0, err
	}
	given, times := make([]numeral, len(all)), make(map[engine.Digest]time.Time, len(all))
	for i, r := range all {
		given[i] = numeral{id: r.ID, entry: born[i].ID, number: r.Number, at: i}
		times[born[i].ID] = born[i].Time
	}
	given, last := settleNumbers(given, printed, func(entry engine.Digest) time.Time { return times[entry] })
	numbered := make([]Request, len(given))
	for i, n := range given {
		numbered[i] = all[n.at]
		numbered[i].Number, numbered[i].Suffix, numbered[i].Aliases = n.number, n.suffix, n.aliases
	}
	slices.SortStableFunc(numbered, func(x, y Request) int { return x.Number - y.Number })
	return numbered, last, nil
}
