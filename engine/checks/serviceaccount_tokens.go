package checks

import (
	"tickmark/engine"
)

// Check service-account-tokens-not-mounted.
//
// Fails for a workload whose pods get the token of their service account: it is
// mounted unless the pod (automountServiceAccountToken, which stands before the
// service account's) or its service account says no, or a projected volume holds
// one for the API server's own audience. Passes for all others, for mirror pods,
// and for projected tokens with an audience of their own, which open another
// door than the API server's. Unknown where the pods' template was not seen.
//
// Whether a workload that has the token needs it is for a person to say.
func serviceAccountTokensNotMounted() check {
	return check{
		id: "service-account-tokens-not-mounted", version: 2, needs: append(workloadKinds(), serviceAccountKind), apart: eachWorkload,
		eval: func(v *engine.View) []engine.Detail {
			all := accountsOf(v)
			return judgeWorkloads(v, func(w workload, say say) {
				if len(w.containers()) == 0 {
					say(withoutContainers(w))
					return
				}
				t := all.tokenOf(w)
				f := passes(t.field, t.value, "It gets no token of service account %s: %s", w.accountRef().Name, t.why)
				switch {
				case t.unsure:
					f = unknown(t.field, t.value, "It may get the token of service account %s: %s", w.accountRef().Name, t.why)
				case t.mounted:
					f = fails(t.field, t.value, "It gets the token of service account %s: %s", w.accountRef().Name, t.why)
				}
				say(f.of(w.object.Ref, w.object.Digest, t.account))
			})
		},
	}
}
