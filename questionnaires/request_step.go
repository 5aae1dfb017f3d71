package questionnaires

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// AskRequest returns the draft that asks for something. The request has its id; its
// number is found here.
func (a *Assessment) AskRequest(r Request) (Draft, error) {
	all, last, err := a.history.Requests()
	if err != nil {
		return Draft{}, err
	}
	if r.ID == "" || slices.ContainsFunc(all, func(o Request) bool { return o.ID == r.ID }) {
		return Draft{}, errors.New("ask: the request needs an id of its own")
	}
	r.Number = last + 1
	return a.ask(r)
}

func (a *Assessment) ask(r Request) (Draft, error) {
	r, err := a.checkRequest(r, Request{})
	if err != nil {
		return Draft{}, fmt.Errorf("ask: %w", err)
	}
	return a.requestDraft(RequestAsked, r.ID, r), nil
}

// ChangeRequest returns the draft that changes what a request of the assessment says.
// Where versions stand side by side, any one of them may be confirmed.
func (a *Assessment) ChangeRequest(r Request) (Draft, error) {
	before, err := a.request(r.ID)
	if err != nil {
		return Draft{}, fmt.Errorf("change request: %w", err)
	}
	if r, err = a.checkRequest(r, before); err != nil {
		return Draft{}, fmt.Errorf("change %s: %w", before.Label(), err)
	}
	if r.equals(before) && len(before.Conflicts) == 0 {
		return Draft{}, fmt.Errorf("change %s: it says that already", before.Label())
	}
	r.Number, r.Seed, r.Carried = before.Number, before.Seed, before.Carried
	return a.requestDraft(RequestChanged, r.ID, r), nil
}

// WithdrawRequest returns the draft by which a request is not asked for any more, or is
// asked for again.
func (a *Assessment) WithdrawRequest(id ID, withdrawn bool) (Draft, error) {
	r, err := a.request(id)
	if err != nil {
		return Draft{}, fmt.Errorf("withdraw request: %w", err)
	}
	if r.Withdrawn == withdrawn && len(r.Beside) == 0 {
		state := "is asked for"
		if withdrawn {
			state = "was withdrawn already"
		}
		return Draft{}, fmt.Errorf("withdraw request: %s %s", r.Label(), state)
	}
	r.Withdrawn = withdrawn
	return a.ChangeRequest(r)
}

func (a *Assessment) requestDraft(action Action, id ID, payload any) Draft {
	return Draft{Assessment: a.Details.ID, Action: action, Subject: "request " + string(id), Payload: payload}
}

// request finds a request of the assessment.
func (a *Assessment) request(id ID) (Request, error) {
	all := a.Requests()
	if i := slices.IndexFunc(all, func(r Request) bool { return r.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Request{}, errors.New("the assessment has no such request")
}

// checkRequest puts what a request says in order, and refuses what is nonsense.
// Requirements that it named before stay, whatever the form asks now.
func (a *Assessment) checkRequest(r, before Request) (Request, error) {
	if err := a.Frozen(); err != nil {
		return r, err
	}
	if blank(r.What) {
		return r, errors.New("it says not what is wanted")
	}
	if err := CheckText("what is wanted", r.What, maxWhat); err != nil {
		return r, err
	}
	if err := errors.Join(checkLine("owner", r.Owner, maxOwner), checkLine("system", r.System, maxSystem)); err != nil {
		return r, err
	}
	for _, day := range []Day{r.From, r.To, r.Due} {
		if err := day.check(); err != nil {
			return r, err
		}
	}
	if r.From != "" && r.To != "" && r.To < r.From {
		return r, fmt.Errorf("the period ends on %s, before it begins on %s", r.To, r.From)
	}
	for _, id := range r.Requirements {
		if _, known := a.catalogue.Requirement(id); !known {
			return r, fmt.Errorf("%s is no requirement", id)
		}
		if !a.Questionnaire.Asks(id) && !before.Serves(id) {
			return r, fmt.Errorf("%s does not ask %s", a.Questionnaire.Code, id)
		}
	}
	for _, p := range r.Procedures {
		of, _ := a.catalogue.Requirement(p.Requirement)
		if !r.Serves(p.Requirement) {
			return r, fmt.Errorf("procedure %s is of a requirement that the request does not name", p)
		}
		if !slices.Contains(of.Procedures(), p) {
			return r, fmt.Errorf("%s has no testing procedure %s", p.Requirement, p)
		}
	}
	r.Requirements = sorted(r.Requirements, RequirementID.Compare)
	r.Procedures = sorted(r.Procedures, func(x, y Procedure) int {
		return cmp.Or(x.Requirement.Compare(y.Requirement), cmp.Compare(x.Letter, y.Letter))
	})
	r.RequestStanding = RequestStanding{}
	return r, nil
}

// sorted is a list in order, each once.
func sorted[T comparable](list []T, compare func(x, y T) int) []T {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	slices.SortFunc(list, compare)
	return slices.Compact(list)
}

// ReceiveRequest returns the draft by which items of evidence are received for a
// request.
func (a *Assessment) ReceiveRequest(id ID, evidence ...ID) (Draft, error) {
	r, err := a.receiving(id)
	if err != nil {
		return Draft{}, fmt.Errorf("receive: %w", err)
	}
	fail := func(err error) (Draft, error) { return Draft{}, fmt.Errorf("receive %s: %w", r.Label(), err) }
	if len(evidence) == 0 {
		return fail(errors.New("no evidence is named"))
	}
	for i, id := range evidence {
		item, known := a.Evidence(id)
		switch {
		case !known:
			return fail(errors.New("the vault has no such evidence"))
		case item.Expunged != nil:
			return fail(fmt.Errorf("%s was %s", item.Label(), item.Expunged))
		case slices.Contains(r.Evidence, id) || slices.Contains(evidence[:i], id):
			return fail(fmt.Errorf("%s was received for it already", item.Label()))
		}
	}
	return a.Delivery(r, evidence...), nil
}

// receiving finds a request that something may come for.
func (a *Assessment) receiving(id ID) (Request, error) {
	r, err := a.request(id)
	if err == nil && r.Withdrawn {
		err = fmt.Errorf("%s was withdrawn", r.Label())
	}
	if err == nil {
		err = a.Frozen()
	}
	return r, err
}

// Delivery is the draft by which evidence is received for a request that nobody
// withdrew: what ReceiveRequest returns, without a look at the evidence, which may be
// taken in by the same save.
func (a *Assessment) Delivery(r Request, evidence ...ID) Draft {
	return a.requestDraft(RequestReceived, r.ID, RequestDelivery{Request: r.ID, Evidence: evidence})
}

// AcceptRequest returns the draft by which a person accepts what was received.
func (a *Assessment) AcceptRequest(id ID) (Draft, error) {
	r, err := a.decidable(id)
	if err != nil {
		return Draft{}, fmt.Errorf("accept request: %w", err)
	}
	if r.State == AcceptedRequest && len(r.Conflicts) == 0 {
		return Draft{}, fmt.Errorf("accept request: %s is accepted already", r.Label())
	}
	if len(r.Beside) > 0 {
		return Draft{}, fmt.Errorf("accept request: %s was changed side by side; confirm one version first", r.Label())
	}
	gone := func(id ID) bool { item, known := a.Evidence(id); return !known || item.Expunged != nil }
	if !slices.ContainsFunc(r.Evidence, func(id ID) bool { return !gone(id) }) {
		return Draft{}, fmt.Errorf("accept request: all that was received for %s was expunged", r.Label())
	}
	return a.requestDraft(RequestAccepted, r.ID, RequestDecision{Request: r.ID}), nil
}

// ReturnRequest returns the draft by which what was received is returned: it does not
// do, for a reason that the client will read.
func (a *Assessment) ReturnRequest(id ID, reason string) (Draft, error) {
	r, err := a.decidable(id)
	if err == nil {
		err = CheckText("reason", reason, maxReason)
	}
	if err == nil && blank(reason) {
		err = fmt.Errorf("%s: it needs a reason", r.Label())
	}
	if err != nil {
		return Draft{}, fmt.Errorf("return request: %w", err)
	}
	return a.requestDraft(RequestReturned, r.ID, RequestDecision{Request: r.ID, Reason: reason}), nil
}

// decidable finds a request of which something was received.
func (a *Assessment) decidable(id ID) (Request, error) {
	r, err := a.receiving(id)
	if err == nil && len(r.Evidence) == 0 {
		err = fmt.Errorf("nothing was received for %s", r.Label())
	}
	return r, err
}
