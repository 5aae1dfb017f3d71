package rbac

import (
	"cmp"
	"encoding/json"
	"slices"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"tickmark/engine"
)

// ConfigMapKind is the kind that holds which identities of AWS a cluster of EKS lets in.
var ConfigMapKind = engine.ConfigMapKind

// The ConfigMap of that name and place is read by EKS, beside its access entries.
const (
	awsAuthName      = "aws-auth"
	awsAuthNamespace = "kube-system"
)

// AWS returns who AWS lets in; nil where no ConfigMap says it.
func (e *Escalations) AWS() *AWSAuth { return e.aws }

// AWSAuth is who AWS lets in by the ConfigMap aws-auth, and as whom. Whether the cluster
// still reads it (its access entries may have taken its place) is known to EKS alone.
type AWSAuth struct {
	Ref      engine.Ref
	Digest   engine.Digest
	Mapped   []Mapped
	Accounts []string // of AWS, all of whose identities are let in under their own names
	Unread   string   // why a part could not be read, "" if all was
}

// Mapped is an identity of AWS, a role or a user, and as whom it is let in.
type Mapped struct {
	ARN     string
	Subject Subject   // the user name it is given; with braces where AWS fills it in
	Groups  []Subject // the groups it is put into
}

// mapping is one item of the texts in the ConfigMap.
type mapping struct {
	Role   string   `json:"rolearn"`
	User   string   `json:"userarn"`
	Name   string   `json:"username"`
	Groups []string `json:"groups"`
}

// awsAuth is the ConfigMap aws-auth, the same as long as it is the same document.
var awsAuth = engine.NewSurvey(func(v *engine.View, _ *AWSAuth) *AWSAuth {
	for _, o := range v.Objects(ConfigMapKind) {
		if o.Ref.Name != awsAuthName || o.Ref.Namespace != awsAuthNamespace {
			continue
		}
		a, c := &AWSAuth{Ref: o.Ref, Digest: o.Digest}, corev1.ConfigMap{}
		if err := json.Unmarshal(o.Body(), &c); err != nil {
			a.Unread = "it is no ConfigMap"
		}
		a.read(c.Data)
		return a
	}
	return nil
}, func(a, b *AWSAuth) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Ref == b.Ref && a.Digest == b.Digest
})

// AWSAuthOf reads the ConfigMap aws-auth of a view; nil where it is not there.
func AWSAuthOf(v *engine.View) *AWSAuth { return awsAuth.Of(v) }

func (a *AWSAuth) read(data map[string]string) {
	for _, key := range []string{"mapRoles", "mapUsers"} {
		var all []mapping
		if err := yaml.Unmarshal([]byte(data[key]), &all); err != nil {
			a.Unread = key + " is no list of mappings"
		}
		for _, m := range all {
			arn := m.Role + m.User
			if arn == "" {
				a.Unread = key + " has a mapping without an ARN"
				continue
			}
			one := Mapped{ARN: arn, Subject: Subject{Kind: rbacv1.UserKind, Name: cmp.Or(m.Name, arn)}}
			for _, g := range m.Groups {
				one.Groups = append(one.Groups, Subject{Kind: rbacv1.GroupKind, Name: g})
			}
			a.Mapped = append(a.Mapped, one)
		}
	}
	if err := yaml.Unmarshal([]byte(data["mapAccounts"]), &a.Accounts); err != nil {
		a.Unread = "mapAccounts is no list of accounts"
	}
}

// groupsOf are the groups into which identities of a user name are put.
func (a *AWSAuth) groupsOf(s Subject) []Subject {
	if a == nil {
		return nil
	}
	var groups []Subject
	for _, m := range a.Mapped {
		if canonical(m.Subject) == s {
			groups = append(groups, m.Groups...)
		}
	}
	return groups
}

// byMappings: who may change aws-auth lets himself in as whom he likes.
func (e *Escalations) byMappings(i int, h hand) {
	if e.aws == nil {
		return
	}
	for _, may := range h.in(changeConfigMaps, awsAuthNamespace) {
		if may.of(awsAuthName) {
			e.take(i, place{kind: aSubject, subject: Masters}, "aws-auth", []held{may}, "maps an identity of AWS to system:masters in ConfigMap kube-system/aws-auth")
		}
	}
}

// Bindings returns what grants something to a subject: to an identity of AWS also by
// the groups that it is put into, which it holds together.
func (e *Escalations) Bindings(s Subject) []*Binding {
	bindings := e.rights.Of(s)
	for _, g := range e.aws.groupsOf(s) {
		for _, b := range e.rights.Of(g) {
			if !slices.Contains(bindings, b) {
				bindings = append(bindings, b)
			}
		}
	}
	return bindings
}
