package checks

import (
	"time"

	"tickmark/engine"
)

// Check secrets-changed-recently.
//
// Passes for a Secret that was made within the days that Params.SecretDays allows (365
// if it says nothing), of which the credential may be older all the same. Fails for an
// older one that is immutable, which nobody can have changed since. Unknown for all
// other older ones: a Secret does not tell when its values changed; where an
// ExternalSecret or a Certificate keeps it in step, the sentence says so. Unknown
// without a time of creation, as in manifests. NotApplicable to what Kubernetes or Helm
// keep for themselves. Days are an entity's own to set: 8.6.3 asks for its risk analysis.
func secretsChangedRecently() check {
	return check{
		id: "secrets-changed-recently", version: 2, needs: []engine.Kind{secretKind}, looks: secretMakers(),
		eval: func(v *engine.View) []engine.Detail {
			makers := map[engine.Ref]*engine.Object{}
			for _, m := range madeSecrets(v) {
				makers[m.name] = m.by
			}
			var details []engine.Detail
			for _, s := range engine.All[secret](v, secretKind) {
				maker := makers[s.Ref.WithoutUID()]
				cites := []engine.Digest{s.Digest}
				if maker != nil {
					cites = append(cites, maker.Digest)
				}
				details = append(details, judgeAge(v.Params().SecretDays, v.Now(), s.Value, maker).of(s.Ref, cites...))
			}
			return details
		},
	}
}

func judgeAge(days int, now time.Time, s *secret, maker *engine.Object) finding {
	const field, year = "metadata.creationTimestamp", 365
	if days <= 0 {
		days = year
	}
	made := s.CreationTimestamp
	switch {
	case s.managed():
		return notApplicable("type", s.Type, "Kubernetes or a tool keeps it for itself: it is of type %s", s.Type)
	case made.IsZero() || now.IsZero():
		return unknown(field, nil, "When it was made is not known")
	case made.After(now):
		return unknown(field, made, "It says that it was made after this evaluation")
	}
	age := int(now.Sub(made.Time) / (24 * time.Hour))
	switch {
	case age <= days:
		return passes(field, made, "It was made %s ago, within %s; whether its values were new then it does not tell", count(age, "day"), count(days, "day"))
	case isTrue(s.Immutable):
		return fails(field, made, "It was made %s ago, more than %d, and is immutable: its values are as old", count(age, "day"), days)
	case maker != nil:
		return unknown(field, made, "It was made %s ago, more than %d; %s keeps it in step, and when its values changed is to be seen there",
			count(age, "day"), days, maker.Ref)
	}
	return unknown(field, made, "It was made %s ago, more than %d, and does not tell whether its values have changed since", count(age, "day"), days)
}
