package checks

import (
	"strings"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/json"

	"tickmark/engine"
)

// constraint is one of Gatekeeper's: a template of rules, applied to what it matches.
type constraint struct {
	Spec struct {
		Action string `json:"enforcementAction"`
		Scoped []struct {
			Action string `json:"action"`
			Points []struct {
				Name string `json:"name"`
			} `json:"enforcementPoints"`
		} `json:"scopedEnforcementActions"`
	} `json:"spec"`
	Status struct {
		Audited    string `json:"auditTimestamp"`
		Total      *int   `json:"totalViolations"`
		Violations []struct {
			Group     string `json:"group"`
			Version   string `json:"version"`
			Kind      string `json:"kind"`
			Namespace string `json:"namespace"`
			Name      string `json:"name"`
			Message   string `json:"message"`
			Action    string `json:"enforcementAction"`
		} `json:"violations"`
	} `json:"status"`
}

// understood is a constraint that was read; its value is nil where it is none.
type understood struct {
	*engine.Object
	value *constraint
}

type constraintsKey struct{}

// constraintsIn returns the constraints of a view, once per view.
func constraintsIn(v *engine.View) []understood {
	return engine.Memo(v, constraintsKey{}, func() []understood {
		var all []understood
		for _, o := range v.Objects(engine.ConstraintKind) {
			value := new(constraint)
			if err := json.UnmarshalCaseSensitivePreserveInts(o.Body(), value); err != nil {
				value = nil
			}
			all = append(all, understood{o, value})
		}
		return all
	})
}

// What Gatekeeper calls the ways by which requests are refused.
const (
	byWebhook = "validation.gatekeeper.sh"
	byPolicy  = "vap.k8s.io"
)

// denies returns the way by which a constraint refuses what breaks it, "" if it does
// not, and in which word it says so.
func (c *constraint) denies() (way, word string) {
	switch c.Spec.Action {
	case "", "deny":
		return byWebhook, "deny"
	case "scoped":
		for _, s := range c.Spec.Scoped {
			for _, p := range s.Points {
				switch {
				case s.Action != "deny":
				case p.Name == "*" || p.Name == byWebhook:
					return byWebhook, "deny"
				case p.Name == byPolicy:
					way = byPolicy
				}
			}
		}
		return way, "scoped, and denies nothing on admission"
	}
	return "", c.Spec.Action
}

// judgeConstraint judges whether a constraint refuses what breaks it.
func judgeConstraint(v *engine.View, c understood) finding {
	if c.value == nil {
		return unknown("", nil, "It cannot be read as a constraint of Gatekeeper's")
	}
	switch way, word := c.value.denies(); way {
	case "":
		return fails("spec.enforcementAction", c.value.Spec.Action, "It refuses nothing: its enforcement action is %s", brief(word))
	case byPolicy:
		return notApplicable("spec.enforcementAction", c.value.Spec.Action, "It denies by ValidatingAdmissionPolicies that Gatekeeper makes, which are judged themselves")
	}
	registered, ignores := gatekeeperHook(v)
	switch {
	case !registered && (isManifests(v) || !v.Saw(validatingWebhookKind)):
		return unknown("spec.enforcementAction", nilIfEmpty(c.value.Spec.Action), "It denies, but the webhook of Gatekeeper's, which decides what happens while it does not answer, was not seen")
	case !registered:
		return fails("spec.enforcementAction", nilIfEmpty(c.value.Spec.Action), "It denies, but no webhook asks Gatekeeper")
	case ignores:
		return fails("spec.enforcementAction", nilIfEmpty(c.value.Spec.Action), "It denies, but while Gatekeeper does not answer everything is let in: the failure policy of its webhook is Ignore")
	}
	return passes("spec.enforcementAction", nilIfEmpty(c.value.Spec.Action), "It refuses what breaks it, of what it matches")
}

// gatekeeperHook tells whether requests are shown to Gatekeeper, and whether they are
// let in where it does not answer.
func gatekeeperHook(v *engine.View) (registered, ignores bool) {
	for _, c := range engine.All[admissionv1.ValidatingWebhookConfiguration](v, validatingWebhookKind) {
		for i := range c.Value.Webhooks {
			h := &c.Value.Webhooks[i]
			if h.Name == byWebhook {
				registered = true
				ignores = ignores || h.FailurePolicy != nil && *h.FailurePolicy == admissionv1.Ignore
			}
		}
	}
	return registered, ignores
}

// Check gatekeeper-audits-without-violations.
//
// What Gatekeeper's audit found against each constraint, in its words, as leads:
// whether the constraints are the entity's rules is not judged. Fails with a detail for
// each violation that a constraint lists, the first of them, and for those that it
// counts and does not list: it lists no more than a limit of Gatekeeper's. Passes for a
// constraint that an audit in date counted no violation of. Unknown for one that was
// never audited, whose audit has no count, or is older than Params.ScanDays.
func gatekeeperAuditsWithoutViolations() check {
	return check{
		id: "gatekeeper-audits-without-violations", version: 1, needs: []engine.Kind{engine.ConstraintKind},
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, c := range constraintsIn(v) {
				if c.value == nil {
					details = append(details, unknown("", nil, "It cannot be read as a constraint of Gatekeeper's").on(c.Object))
					continue
				}
				details = append(details, judgeToolReport(v, c.Object, c.value.report(c.Ref))...)
			}
			return details
		},
	}
}

// report is what the audit said of a constraint. One that counts no violation passed;
// one without a count says nothing.
func (c *constraint) report(of engine.Ref) toolReport {
	r := toolReport{subject: of}
	for i, found := range c.Status.Violations {
		about := objectReference{APIVersion: strings.Trim(found.Group+"/v1", "/"), Kind: found.Kind, Namespace: found.Namespace, Name: found.Name}
		if found.Group == "" {
			about.APIVersion = "v1"
		}
		r.results = append(r.results, toolResult{
			subject: about.ref(), verdict: engine.Fail, field: index("status.violations", i),
			text: "Constraint " + brief(of.Kind) + " " + brief(of.Name) + " is broken (" + brief(found.Action) + "): " + brief(found.Message),
		})
	}
	r.failed = len(r.results)
	if c.Status.Total != nil {
		r.failed = max(r.failed, *c.Status.Total)
		if *c.Status.Total == 0 {
			r.passed = 1
		}
	}
	if at, err := time.Parse(time.RFC3339, c.Status.Audited); err == nil {
		r.updated = at
	}
	return r
}
