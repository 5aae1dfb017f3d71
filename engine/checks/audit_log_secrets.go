package checks

import (
	"slices"

	"tickmark/engine"
)

// Check audit-log-without-secret-values.
//
// Judges the audit policies that API servers are given, where their files are among the
// evidence. Passes where a policy records no request with what it carries (level Request)
// or is answered with (RequestResponse) that holds a Secret or a token. Fails where a rule
// does: whoever reads the log has them. Unknown where an earlier rule may take those out
// that such a rule is of, where no server is seen to be given the file, and where the file
// of a server was not seen. Not applicable to a server that records nothing.
func auditLogWithoutSecretValues() check {
	return serverFileCheck(check{id: "audit-log-without-secret-values", version: 2}, engine.AuditPolicyKind, []string{auditPolicyFlag}, judgeRecordedValues, judgeAuditedValues)
}

func judgeRecordedValues(k component, seen bool) finding {
	policy, file, webhook := auditFlags(k)
	if f, unclear := firstUnclear(policy, file, webhook); unclear {
		return f
	}
	switch {
	case policy.value == "":
		return policy.notApplicable("No request to the API is recorded: %s", policy)
	case file.value == "" && webhook.value == "":
		return file.notApplicable("What the audit policy records goes nowhere: %s, %s", file, webhook)
	case seen:
		return policy.passes("Requests are recorded by a policy, %s; it is judged beside", policy)
	}
	return policy.unknown("Requests are recorded by a policy, %s, whose file was not seen: whether it records what Secrets hold is not known", policy)
}

// carrying is a kind of request with something secret in what it carries or is answered
// with, which a log has at some levels.
type carrying struct {
	auditedRequest
	levels []string
}

// carryingRequests are those of the API that carry secrets by their kind.
var carryingRequests = []carrying{
	{auditedRequest{what: "the contents of Secrets that are read", verbs: []string{"get", "list"}, resources: []string{"secrets"}}, []string{"RequestResponse"}},
	{auditedRequest{what: "the contents of Secrets that are written", verbs: []string{"create", "update", "patch"}, resources: []string{"secrets"}}, []string{"Request", "RequestResponse"}},
	{auditedRequest{what: "the contents of Secrets that are deleted", verbs: []string{"delete", "deletecollection"}, resources: []string{"secrets"}}, []string{"RequestResponse"}},
	{auditedRequest{what: "tokens of service accounts that are given out", verbs: []string{"create"}, resources: []string{"serviceaccounts/token"}}, []string{"RequestResponse"}},
	{auditedRequest{what: "tokens that are to be verified", verbs: []string{"create"}, group: "authentication.k8s.io", resources: []string{"tokenreviews"}, cluster: true}, []string{"Request", "RequestResponse"}},
}

// judgeAuditedValues judges a policy by what it writes into the log of requests that carry
// secrets. A body is in the event that says how a request ended, and in no other.
func judgeAuditedValues(p *auditPolicy) finding {
	if f, broken := p.broken(); broken {
		return f
	}
	var written, doubtful auditDecisions
	for i := range carryingRequests {
		asked := &carryingRequests[i]
		asked.each(func(verb, resource string) {
			certain, possible := p.written(asked, verb, resource)
			written.add(verb, certain...)
			doubtful.add(verb, possible...)
		})
	}
	switch {
	case len(written) > 0:
		return fails(written[0].field(), p.level(written[0]), "It writes into the log %s", written)
	case len(doubtful) > 0:
		return unknown(doubtful[0].field(), p.level(doubtful[0]), "It may write into the log %s: an earlier rule is of some of these requests too", doubtful)
	}
	return passes("rules", nil, "It writes into the log neither what Secrets hold nor tokens: of those requests it has the metadata at most")
}

// written follows the rules for a request, and returns those that write what it carries into
// the log: for certain, or unless an earlier rule is of those that it is of.
func (p *auditPolicy) written(asked *carrying, verb, resource string) (certain, possible []auditDecision) {
	narrowed := false // by an earlier rule, to whom that is not of
	for i, r := range p.Rules {
		some, matches := r.matches(&asked.auditedRequest, verb, resource)
		if !matches {
			continue
		}
		d := auditDecision{asked: &asked.auditedRequest, rule: i, detail: some}
		switch writes := slices.Contains(asked.levels, r.Level) && p.missing(r) == ""; {
		case writes && (some == "" || !narrowed):
			certain = append(certain, d)
		case writes:
			possible = append(possible, d)
		}
		if some == "" {
			break
		}
		narrowed = true
	}
	return certain, possible
}
