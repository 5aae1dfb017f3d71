package questionnaires

// Class is what a system has to do with card data. The order is that of strictness:
// where several apply the greatest counts. The zero value says that nobody classed
// it, which never means out of scope.
type Class int

// The classes.
const (
	Unclassed Class = iota
	OutOfScope
	ConnectedTo
	SecurityImpacting
	CardholderEnvironment
)

var classes = [...]string{"", "out-of-scope", "connected-to", "security-impacting", "cardholder-data-environment"}

var classTitles = [...]string{"Not classed", "Out of scope", "Connected to", "Security impacting", "Cardholder data environment"}

// Classes returns every class, the strictest first.
func Classes() []Class {
	return []Class{CardholderEnvironment, SecurityImpacting, ConnectedTo, OutOfScope}
}

// ParseClass reads the text that String returns, of a class, or the name of its zone.
func ParseClass(s string) (Class, error) {
	if s == CardholderData {
		return CardholderEnvironment, nil
	}
	i, err := indexOf("class", classes[1:], s)
	if err != nil {
		return Unclassed, err
	}
	return Class(i + 1), nil
}

// String returns the class's text, "" for none.
func (c Class) String() string { return textOf(classes[:], int(c)) }

// Title returns the class as reports print it.
func (c Class) Title() string { return textOf(classTitles[:], int(c)) }

// MarshalText writes what String returns.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what ParseClass reads, or nothing.
func (c *Class) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*c = Unclassed
		return nil
	}
	parsed, err := ParseClass(string(b))
	*c = parsed
	return err
}

// zone is the name by which evidence knows the class.
func (c Class) zone() string {
	if c == CardholderEnvironment {
		return CardholderData
	}
	return c.String()
}

// Classed is what kind of thing a classification is about.
type Classed int

// What may be classed. From ControlPlane on it is a part of a cluster that all of its
// namespaces rest on.
const (
	NothingClassed Classed = iota
	ClusterClassed
	NamespaceClassed
	AccountClassed
	ComponentClassed
	ControlPlane
	ClusterNodes
	NetworkPlugin
	AdmissionControl
	Delivery
	ClusterAdmins
)

var classedKinds = [...]string{
	"", "cluster", "namespace", "account", "component", "control-plane", "nodes", "network-plugin", "admission", "ci-cd", "cluster-admins",
}

var classedTitles = [...]string{
	"", "cluster", "namespace", "account", "component", "control plane", "nodes", "network plugin", "admission", "CI/CD", "cluster-admins",
}

// ClusterParts returns the parts that all namespaces of a cluster rest on.
func ClusterParts() []Classed {
	return []Classed{ControlPlane, ClusterNodes, NetworkPlugin, AdmissionControl, Delivery, ClusterAdmins}
}

// ParseClassed reads the text that String returns, of a kind.
func ParseClassed(s string) (Classed, error) {
	i, err := indexOf("kind of what is classed", classedKinds[1:], s)
	if err != nil {
		return NothingClassed, err
	}
	return Classed(i + 1), nil
}

// String returns the kind's text, "" for none.
func (k Classed) String() string { return textOf(classedKinds[:], int(k)) }

// Title returns the kind as people write it.
func (k Classed) Title() string { return textOf(classedTitles[:], int(k)) }

// MarshalText writes what String returns.
func (k Classed) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes, or nothing.
func (k *Classed) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*k = NothingClassed
		return nil
	}
	parsed, err := ParseClassed(string(b))
	*k = parsed
	return err
}

// part reports whether the kind is a part that all namespaces of a cluster rest on.
func (k Classed) part() bool { return k >= ControlPlane && k <= ClusterAdmins }

// named reports whether things of the kind have names of their own.
func (k Classed) named() bool {
	return k == NamespaceClassed || k == AccountClassed || k == ComponentClassed
}
