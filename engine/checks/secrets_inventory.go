package checks

import (
	"fmt"
	"slices"
	"strings"

	"tickmark/engine"
)

// Checks secrets-inventory and secrets-used.
//
// The first is an inventory, not a judgement: one NotApplicable detail for every
// Secret with its type, the names of its values, and who names it.
//
// The second passes for a Secret that a workload, a service account, an Ingress or a Gateway
// of its namespace names, or a Gateway that a ReferenceGrant lets; fails for one that nothing names, whose values are kept
// for nobody that can be seen. Who reads it through the API, as operators do, is
// not seen. Unknown where a kind that could name it was not seen, and in manifests,
// beside which the cluster may hold more. NotApplicable to Secrets that Kubernetes
// or Helm keep for themselves.

func secretsInventory() check {
	return check{
		id: "secrets-inventory", version: 2, needs: append(secretUsers(), secretKind), looks: mayUseSecrets(),
		eval: func(v *engine.View) []engine.Detail {
			return perSecret(v, func(s engine.Typed[secret], uses []secretUse) finding {
				keys := s.Value.keys()
				return notApplicable("data", keys, "It is of type %s and holds %s (%s); %s", typeOf(s.Value), count(len(keys), "value"), list(keys), usedBy(uses))
			})
		},
	}
}

func secretsUsed() check {
	return check{
		id: "secrets-used", version: 2, needs: append(secretUsers(), secretKind), looks: mayUseSecrets(),
		eval: func(v *engine.View) []engine.Detail {
			whole := sawWorkloads(v) && sawAll(v, secretUsers()) && !v.Hidden(gatewayKind) && !isManifests(v)
			return perSecret(v, func(s engine.Typed[secret], uses []secretUse) finding {
				switch {
				case s.Value.managed():
					return notApplicable("type", s.Value.Type, "Kubernetes or a tool keeps it for itself: it is of type %s", s.Value.Type)
				case slices.ContainsFunc(uses, func(u secretUse) bool { return u.grant == notNeeded }):
					return passes("", nil, "It is named: %s", usedBy(uses))
				case slices.ContainsFunc(uses, func(u secretUse) bool { return u.grant == mayBe }):
					return unknown("", nil, "It is %s of another namespace, and whether a ReferenceGrant lets that take it is not known", usedBy(uses))
				case !whole:
					return unknown("", nil, "Nothing that was seen names it, and not all that could was seen")
				}
				return fails("", nil, "No workload, service account, Ingress or Gateway that may take it names it; who reads it through the API is not seen")
			})
		},
	}
}

func typeOf(s *secret) string {
	if s.Type == "" {
		return "Opaque"
	}
	return string(s.Type)
}

type secretIndexKey struct{}

// usesBySecret returns the uses of Secrets by the Secret's Ref, once per view.
func usesBySecret(v *engine.View) map[engine.Ref][]secretUse {
	return engine.Memo(v, secretIndexKey{}, func() map[engine.Ref][]secretUse {
		all := map[engine.Ref][]secretUse{}
		for _, u := range allSecretUsers.Of(v) {
			for _, use := range u.named() {
				all[use.name] = append(all[use.name], use)
			}
		}
		return all
	})
}

// perSecret judges every Secret with what names it, which is cited too.
func perSecret(v *engine.View, judge func(engine.Typed[secret], []secretUse) finding) []engine.Detail {
	secrets := engine.All[secret](v, secretKind)
	if len(secrets) == 0 {
		return nil
	}
	uses := usesBySecret(v)
	var details []engine.Detail
	for _, s := range secrets {
		of := uses[s.Ref.WithoutUID()]
		cites := []engine.Digest{s.Digest}
		for _, use := range of {
			if len(cites) <= mostCited && !slices.Contains(cites, use.by.Digest) {
				cites = append(cites, use.by.Digest)
			}
		}
		details = append(details, judge(s, of).of(s.Ref, cites...))
	}
	return details
}

// mostCited bounds how many users of one Secret are cited.
const mostCited = 20

// usedBy says who names a Secret and how.
func usedBy(uses []secretUse) string {
	if len(uses) == 0 {
		return "nothing names it"
	}
	var names []string
	for _, use := range uses {
		name := fmt.Sprintf("%s %s as %s", use.by.Ref.Kind, use.by.Ref.Name, use.as)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join([]string{"named by", list(names)}, " ")
}
