// What every tracker has: people, projects with states, and items that change.

/** People who are there unless the specification names others. The first is who signs in. */
const PEOPLE = ["Jamal Hartnett", "Ada Moss", "Bo Lindqvist", "Chris Ngo"];

/** People, projects and items. What only one vendor knows of them stands in `extra`. */
export class Board {
  /**
   * `people` and `items` are lists, or `{count}` to have so many made up; `projects` is the vendor's own list. `own` says
   * what only the vendor can: the ids of a new person and a new item, and in which state an item begins.
   */
  constructor({ users, items }, projects, own, now) {
    this.projects = projects;
    this.own = own;
    this.now = now;
    this.people = listed(users, { count: PEOPLE.length }, "user").map((person, at) => this.#person(person, at));
    this.items = new Map();
    this.#names = new Map();
    for (const item of listed(items, { count: 3 }, "item")) this.add(item);
  }

  /** Items by what people call them. */
  #names;
  /** Comments are numbered over all items. */
  #comments = 0;

  /** Who signs in. */
  get me() {
    return this.people[0];
  }

  #person({ name: given, email, hidden = false, ...extra }, at) {
    const name = given ?? PEOPLE[at] ?? `Person ${at + 1}`;
    const address = email ?? `${name.split(" ")[0].toLowerCase()}${at < PEOPLE.length ? "" : at + 1}@fabrikam.example.com`;
    return { name, email: address, hidden, ...this.own.person(at), ...extra };
  }

  /** The person with this address, id or name. */
  person(word) {
    const wanted = String(word).toLowerCase();
    return this.people.find(({ email, id, name }) => [email, id, name].some((known) => known?.toLowerCase() === wanted));
  }

  /** The project with this id, key or name. */
  project(word) {
    const wanted = String(word).toLowerCase();
    return this.projects.find(({ id, key, name }) => [id, key, name].some((known) => known?.toLowerCase() === wanted));
  }

  /** The item with this id, or with this name for people. */
  item(word) {
    return this.items.get(String(word)) ?? this.#names.get(String(word).toLowerCase());
  }

  /** A new item. What is not said is made up. */
  add({ project, assignee, title, ...rest }) {
    const at = project === undefined ? this.projects[0] : this.project(project);
    if (!at) throw new Error(`there is no project ${project}`);
    const now = this.now();
    const number = this.items.size + 1;
    const item = {
      title: title ?? `Item ${number}`,
      project: at,
      assignee: assignee ? this.known(assignee) : null,
      comments: [],
      rev: 1,
      created: now,
      changed: now,
      statusChanged: now,
      ...rest,
      ...this.own.item(at, number, rest),
    };
    this.items.set(item.id, item);
    this.#names.set(item.name.toLowerCase(), item);
    return item;
  }

  /** The same as `person`, of whom there must be one. */
  known(word) {
    const person = this.person(word);
    if (!person) throw new Error(`there is nobody who is called ${word}`);
    return person;
  }

  /**
   * Changes an item: `status`, `assignee` (a person, or null) and `comment`. Answers what is different now, as
   * `{field, from, to}`; nothing where everything was so before.
   */
  change(item, { status, assignee, comment }, author) {
    const changes = [];
    const now = this.now();
    if (status !== undefined && status !== item.status) {
      changes.push({ field: "status", from: item.status, to: status });
      item.status = status;
      item.statusChanged = now;
    }
    if (assignee !== undefined && assignee?.id !== item.assignee?.id) {
      changes.push({ field: "assignee", from: item.assignee, to: assignee });
      item.assignee = assignee;
    }
    if (comment !== undefined) {
      const said = {
        id: String((this.#comments += 1)),
        author,
        at: now,
        ...(typeof comment === "string" ? { text: comment } : comment),
      };
      changes.push({ field: "comment", from: null, to: said });
      item.comments.push(said);
    }
    if (changes.length > 0) {
      item.rev += 1;
      item.changed = now;
    }
    return changes;
  }

  /** An item as tests look at it. */
  state({ id, name, title, project, status, assignee, comments, rev, description = "" }) {
    const said = comments.map((comment) => ({
      id: comment.id,
      author: comment.author.name,
      text: comment.text,
      body: comment.body,
    }));
    const holder = assignee?.email ?? assignee?.name ?? null;
    return { id, name, title, description, project: project.id, status, assignee: holder, comments: said, rev };
  }
}

/** A list as it was given, or `{count, …}` made into one: everything else in it is the same for all. */
function listed(given, usual, what) {
  const wanted = given ?? usual;
  if (Array.isArray(wanted)) return wanted;
  const { count, ...rest } = wanted;
  if (!Number.isInteger(count)) throw new Error(`${what}s are a list, or {count}`);
  return Array.from({ length: count }, () => ({ ...rest }));
}
