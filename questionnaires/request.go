package questionnaires

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tickmark/engine"
)

// Request is what the client is asked for: which evidence, of which period, from whom
// and until when. It belongs to one assessment and may serve several requirements. It
// is the payload of the entries that ask for something and change what is asked; what
// was received, accepted or returned are entries of their own.
type Request struct {
	ID           ID              `json:"id"`
	Number       int             `json:"number"`
	What         string          `json:"what"`
	Requirements []RequirementID `json:"requirements,omitempty"`
	Procedures   []Procedure     `json:"procedures,omitempty"` // of the requirements, where not all are meant
	From         Day             `json:"from,omitempty"`       // first and last day of the period covered
	To           Day             `json:"to,omitempty"`
	System       string          `json:"system,omitempty"`
	Owner        string          `json:"owner,omitempty"` // at the client
	Due          Day             `json:"due,omitempty"`
	Seed         string          `json:"seed,omitempty"`      // the section that it was made from; "" where a person wrote it
	Withdrawn    bool            `json:"withdrawn,omitempty"` // it is not asked for any more
	Carried      ID              `json:"carried,omitempty"`   // last year's, which it repeats
	// RequestStanding is not part of the payload.
	RequestStanding `json:"-"`
}

// RequestStanding is what the whole history says of a request.
type RequestStanding struct {
	Assessment ID
	Author     Author    // who asked
	Time       time.Time // when
	// Suffix and Aliases are those of its number, as with evidence.
	Suffix   string
	Aliases  []int
	State    RequestState
	Reason   string // of its return, "" in other states
	Evidence []ID   // everything received for it, oldest first
	// Conflicts says what was done side by side, in words; a later change or step that
	// saw all of it settles it.
	Conflicts []string
	// Beside are other versions that were written side by side with this one.
	Beside []Request
	seeded []RequirementID // those that it was made for
}

// RequestState is how far a request is.
type RequestState int

// The states. Only what a person accepted is done.
const (
	OpenRequest     RequestState = iota // nothing came yet
	ReceivedRequest                     // something came, and has to be looked at
	AcceptedRequest
	ReturnedRequest // what came does not do; the reason says why
)

var requestStates = [...]string{"open", "received", "accepted", "returned"}

// String returns the state's text.
func (s RequestState) String() string { return textOf(requestStates[:], int(s)) }

// MarshalText writes what String returns.
func (s RequestState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Bounds of a request, in bytes.
const (
	maxWhat   = 24 << 10 // what a cell of a sheet takes
	maxOwner  = 200
	maxSystem = 1000
)

// Label is the number as people write it: Req-12.
func (r Request) Label() string { return label("Req", r.Number, r.Suffix) }

// AliasLabels are the labels of its other numbers.
func (r Request) AliasLabels() []string { return aliasLabels("Req", r.Aliases) }

// Title is the first line of what is asked for.
func (r Request) Title() string {
	line, _, _ := strings.Cut(strings.TrimSpace(r.What), "\n")
	return line
}

// Word is its state in a word.
func (r Request) Word() string {
	if r.Withdrawn {
		return "withdrawn"
	}
	return r.State.String()
}

// Waiting reports whether the client owes something: nothing came, or what came was
// returned.
func (r Request) Waiting() bool {
	return !r.Withdrawn && (r.State == OpenRequest || r.State == ReturnedRequest)
}

// Overdue reports whether the client owes something whose last day is before on.
func (r Request) Overdue(on Day) bool { return r.Waiting() && r.Due != "" && r.Due < on }

// Serves reports whether the request asks for evidence of a requirement.
func (r Request) Serves(id RequirementID) bool { return slices.Contains(r.Requirements, id) }

// Serving names what the request serves: the procedures of a requirement where it names
// some, else the requirement.
func (r Request) Serving() string {
	var names []string
	for _, id := range r.Requirements {
		n := len(names)
		for _, p := range r.Procedures {
			if p.Requirement == id {
				names = append(names, p.String())
			}
		}
		if len(names) == n {
			names = append(names, id.String())
		}
	}
	return strings.Join(names, ", ")
}

// Period says the period covered, "" where none is set.
func (r Request) Period() string {
	switch {
	case r.From != "" && r.To != "":
		return fmt.Sprintf("%s to %s", r.From, r.To)
	case r.From != "":
		return fmt.Sprintf("from %s", r.From)
	case r.To != "":
		return fmt.Sprintf("until %s", r.To)
	}
	return ""
}

// asks reports whether two versions ask for the same, whoever owes it and until when.
func (r Request) asks(o Request) bool {
	return r.What == o.What && r.System == o.System && r.From == o.From && r.To == o.To && slices.Equal(r.Requirements, o.Requirements) &&
		slices.Equal(r.Procedures, o.Procedures)
}

// equals reports whether two versions say the same.
func (r Request) equals(o Request) bool {
	return r.asks(o) && r.Owner == o.Owner && r.Due == o.Due && r.Withdrawn == o.Withdrawn
}

// RequestCounts is how many requests are how far. Withdrawn ones are in none but
// Withdrawn.
type RequestCounts struct {
	Open      int `json:"open"`
	Received  int `json:"received"`
	Accepted  int `json:"accepted"`
	Returned  int `json:"returned"`
	Overdue   int `json:"overdue"` // of the open and the returned
	Withdrawn int `json:"withdrawn"`
}

// String says the counts in words.
func (c RequestCounts) String() string {
	text := fmt.Sprintf("%d open, %d returned (%d of them overdue), %d received, %d accepted", c.Open, c.Returned, c.Overdue, c.Received, c.Accepted)
	if c.Withdrawn > 0 {
		text += fmt.Sprintf(", %d withdrawn", c.Withdrawn)
	}
	return text
}

// CountRequests counts requests as they stand on a day.
func CountRequests(all []Request, on Day) RequestCounts {
	var c RequestCounts
	for _, r := range all {
		if r.Withdrawn {
			c.Withdrawn++
			continue
		}
		switch r.State {
		case OpenRequest:
			c.Open++
		case ReceivedRequest:
			c.Received++
		case AcceptedRequest:
			c.Accepted++
		case ReturnedRequest:
			c.Returned++
		}
		if r.Overdue(on) {
			c.Overdue++
		}
	}
	return c
}

// Requests returns the requests of the assessment by number, withdrawn ones included.
func (a *Assessment) Requests() []Request { return a.history.asked.of[a.Details.ID] }

// RequestsOf returns the requests that ask for evidence of a requirement.
func (a *Assessment) RequestsOf(id RequirementID) []Request {
	var all []Request
	for _, r := range a.Requests() {
		if r.Serves(id) {
			all = append(all, r)
		}
	}
	return all
}

// RequestByLabel returns the request that people call Req-12, or by a number it once
// had. Where that is several, the error names them.
func (a *Assessment) RequestByLabel(name string) (Request, error) {
	all, _, err := a.history.Requests()
	if err != nil {
		return Request{}, err
	}
	at, known, err := a.history.asked.labels.find(name)
	if err != nil {
		return Request{}, err
	}
	if !known {
		return Request{}, fmt.Errorf("find %q: no request of that number (see `tickmark request VAULT list`)", name)
	}
	r := all[at]
	if r.Assessment != a.Details.ID {
		return Request{}, fmt.Errorf("find %q: it is a request of another assessment; choose that with --assessment", name)
	}
	return r, nil
}

// requestProblems are what was done to requests side by side.
func (a *Assessment) requestProblems() []Problem {
	var problems []Problem
	made := map[RequirementID]Request{}
	for _, r := range a.Requests() {
		for _, conflict := range r.Conflicts {
			problems = append(problems, Problem{Part: RequestsPart, Kind: InConflict, Sentence: r.Label() + " " + conflict})
		}
		if r.Withdrawn {
			continue
		}
		twins := map[string]bool{}
		for _, id := range r.seeded {
			twin, is := made[id]
			if !is {
				made[id] = r
			} else if !twins[twin.Label()] {
				twins[twin.Label()] = true
				problems = append(problems, Problem{Part: RequestsPart, Kind: InConflict, Sentence: fmt.Sprintf(
					"%s and %s were made from the questionnaire side by side and ask for the same; one of them has to be withdrawn", twin.Label(), r.Label())})
			}
		}
	}
	return problems
}

// RequestExport is the payload of the side log's entry for a list of requests that was
// written for their owner. From then on its numbers never move: files come back by them.
type RequestExport struct {
	Owner    string          `json:"owner,omitempty"`
	Head     engine.Digest   `json:"head"`
	Requests []PrintedNumber `json:"requests"`
}

// ExportRequests returns the draft that records that requests were written for an owner.
func (a *Assessment) ExportRequests(owner string, exported []Request) Draft {
	p := RequestExport{Owner: owner, Head: a.Head}
	for _, r := range exported {
		p.Requests = append(p.Requests, PrintedNumber{ID: r.ID, Number: r.Number})
	}
	return Draft{Assessment: a.Details.ID, Action: RequestsExported, Subject: "requests", Payload: p}
}
