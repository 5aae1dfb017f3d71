package checks

import (
	corev1 "k8s.io/api/core/v1"

	"tickmark/engine"
)

var persistentVolumeKind = engine.Kind{Kind: "PersistentVolume"}

// Check persistent-volumes-not-on-host.
//
// Fails for a PersistentVolume that is a path of a node (hostPath): whoever claims
// it has that part of the node, without a word of it in the pod. Passes for all
// others; a local volume is a disk or folder that was set aside for it, and the
// sentence says where.
func persistentVolumesNotOnHost() check {
	return check{
		id: "persistent-volumes-not-on-host", version: 1, needs: []engine.Kind{persistentVolumeKind},
		eval: func(v *engine.View) []engine.Detail {
			var details []engine.Detail
			for _, p := range engine.All[corev1.PersistentVolume](v, persistentVolumeKind) {
				details = append(details, judgePersistentVolume(p.Value).on(p.Object))
			}
			return details
		},
	}
}

func judgePersistentVolume(p *corev1.PersistentVolume) finding {
	claim := "nobody has claimed it"
	if p.Spec.ClaimRef != nil {
		claim = "claimed by " + p.Spec.ClaimRef.Namespace + "/" + p.Spec.ClaimRef.Name
	}
	switch {
	case p.Spec.HostPath != nil:
		return fails("spec.hostPath.path", p.Spec.HostPath.Path, "It is %s of a node%s; %s", p.Spec.HostPath.Path, significance(p.Spec.HostPath.Path), claim)
	case p.Spec.Local != nil:
		return passes("spec.local.path", p.Spec.Local.Path, "It is a local volume at %s; %s", p.Spec.Local.Path, claim)
	}
	return passes("spec", nil, "It is no path of a node; %s", claim)
}
