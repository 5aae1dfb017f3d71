package checks

import (
	"slices"

	"tickmark/engine"
	"tickmark/engine/network"
)

// Check secret-references-resolve.
//
// Judges every workload, service account, Ingress and Gateway that names a Secret. Fails for
// a Secret, or a key of one, that is named and does not exist, or that a Gateway may not
// take from another namespace: whoever may create it, or the grant,
// decides what the workload or the way in gets. Passes where all are there; one that
// is marked as optional may be missing, and is said. Unknown where Secrets were not
// all seen, and in manifests, beside which the cluster may hold more; there what an
// ExternalSecret, a SealedSecret or a Certificate makes counts as being there.
func secretReferencesResolve() check {
	return check{
		id: "secret-references-resolve", version: 2, needs: append(secretUsers(), secretKind), looks: append(secretMakers(), mayUseSecrets()...), apart: eachSecretUser,
		eval: func(v *engine.View) []engine.Detail {
			known := secretsThere(v)
			network.GrantsOf(v) // by which Gateways are judged
			var users []secretUser
			at, some := eachSecretUser.Asked(v, func() { users = allSecretUsers.Of(v) })
			var details []engine.Detail
			judge := func(u secretUser) {
				if uses := u.named(); len(uses) > 0 {
					details = known.judge(details, u.by, uses)
				}
			}
			if some {
				for _, i := range at {
					judge(users[i])
				}
				return details
			}
			details = v.Room(len(users))
			for _, u := range users {
				judge(u)
			}
			return append(details, hidden(v, gatewayKind)...)
		},
	}
}

// secretsSeen are the Secrets that are there, with the keys they hold; nil keys
// where it is only known that something makes them.
type secretsSeen struct {
	keys   map[engine.Ref][]string
	digest map[engine.Ref]engine.Digest
	whole  bool // one that is not here does not exist
}

func secretsThere(v *engine.View) secretsSeen {
	seen := secretsSeen{keys: map[engine.Ref][]string{}, digest: map[engine.Ref]engine.Digest{}, whole: v.Saw(secretKind) && !isManifests(v)}
	if !seen.whole { // where all were seen, what was to make one has not
		for _, m := range madeSecrets(v) {
			seen.keys[m.name], seen.digest[m.name] = nil, m.by.Digest
		}
	}
	for _, s := range engine.All[secret](v, secretKind) {
		ref := s.Ref.WithoutUID()
		seen.keys[ref], seen.digest[ref] = s.Value.keys(), s.Digest
	}
	return seen
}

// secretMakers are the kinds that make Secrets where they are installed.
func secretMakers() []engine.Kind {
	return []engine.Kind{externalSecretKind, sealedSecretKind, certificateKind}
}

// madeSecret is a Secret that something else makes, and keeps in step.
type madeSecret struct {
	by   *engine.Object
	name engine.Ref
}

// madeSecrets returns the Secrets that custom resources make.
func madeSecrets(v *engine.View) []madeSecret {
	var all []madeSecret
	add := func(by *engine.Object, name string) {
		if name != "" {
			all = append(all, madeSecret{by, engine.Ref{Kind: secretKind.Kind, Namespace: by.Ref.Namespace, Name: name}})
		}
	}
	for _, e := range engine.All[externalSecret](v, externalSecretKind) {
		name := e.Value.Spec.Target.Name
		if name == "" {
			name = e.Ref.Name
		}
		add(e.Object, name)
	}
	for _, s := range v.Objects(sealedSecretKind) {
		add(s, s.Ref.Name)
	}
	for _, c := range engine.All[certificate](v, certificateKind) {
		add(c.Object, c.Value.Spec.SecretName)
	}
	return all
}

// judge says after details what is to be said of the Secrets that an object names.
func (seen secretsSeen) judge(details []engine.Detail, by *engine.Object, uses []secretUse) []engine.Detail {
	before := len(details)
	cites := []engine.Digest{by.Digest}
	optional := 0
	for _, use := range uses {
		keys, there := seen.keys[use.name]
		missing := ""
		switch {
		case use.grant == refused:
			details = append(details, fails(use.field, use.name.Name, "It names Secret %s of namespace %s as %s, and no ReferenceGrant there lets it take that",
				use.name.Name, use.name.Namespace, use.as).of(by.Ref, by.Digest))
			continue
		case use.grant == mayBe:
			details = append(details, unknown(use.field, use.name.Name, "It names Secret %s of namespace %s as %s; a ReferenceGrant there that lets it take that was not seen and may be there",
				use.name.Name, use.name.Namespace, use.as).of(by.Ref, by.Digest))
			continue
		case !there:
			missing = "does not exist"
		case keys != nil && use.key != "" && !slices.Contains(keys, use.key):
			missing = "has no value " + use.key
		default:
			if d := seen.digest[use.name]; !slices.Contains(cites, d) && len(cites) <= mostCited {
				cites = append(cites, d)
			}
			continue
		}
		if use.optional {
			optional++
			continue
		}
		f := fails(use.field, use.name.Name, "It takes Secret %s as %s, and that Secret %s", use.name.Name, use.as, missing)
		if !there && (!seen.whole || use.name.Namespace == "") {
			f = unknown(use.field, use.name.Name, "It takes Secret %s as %s, which was not seen and may be there", use.name.Name, use.as)
		}
		details = append(details, f.of(by.Ref, by.Digest))
	}
	if len(details) == before {
		rest := ""
		if optional > 0 {
			rest = "; " + count(optional, "optional one") + " missing"
		}
		details = append(details, passes("", nil, "The Secrets that it names are there (%s)%s", count(len(uses), "reference"), rest).of(by.Ref, cites...))
	}
	return details
}
