/** How many people the provider has, who sign in one after the other. */
export const PEOPLE = 200;
/** The group that makes somebody a member of the large team. */
export const TEAM_GROUP = 'large-team';
/** The team with all the expenses. */
export const TEAM = 'large';
