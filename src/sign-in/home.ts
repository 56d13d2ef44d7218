import express, { type Router } from 'express';
import { displayNameOf } from '../people/viewer.ts';
import { onlyMethods } from '../web/methods.ts';
import { compilePage, sendPage } from '../web/page.ts';
import { loginPath, paths } from '../web/paths.ts';

interface HomeModel {
  /** Empty for a guest. */
  readonly name: string;
  readonly dashboardHref: string;
  readonly loginHref: string;
}

const homePage = compilePage<HomeModel>(new URL('home.ejs', import.meta.url));

export function homeRoutes(): Router {
  const router = express.Router();
  router
    .route(paths.home)
    .get((req, res) => {
      const name = req.user === undefined ? '' : displayNameOf(req.user);
      sendPage(res, homePage, name === '' ? 'Team expenses' : 'Welcome', {
        name,
        dashboardHref: paths.dashboard,
        loginHref: loginPath(),
      });
    })
    .all(onlyMethods('GET'));
  return router;
}
